"""Walks through the program by its accessible names and photographs each step. Run by screenshots/make."""

import os
import subprocess
import sys
import time

import pyatspi

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_SECONDS = 60


def nodes(node):
    """All accessible nodes below one, itself included."""
    yield node
    try:
        children = [node.getChildAtIndex(i) for i in range(node.childCount)]
    except Exception:  # the tree changes while it is read
        return
    for child in children:
        if child is not None:
            yield from nodes(child)


def find(matches, role=None):
    """The first node whose name starts with the text, or None."""
    desktop = pyatspi.Registry.getDesktop(0)
    for i in range(desktop.childCount):
        app = desktop.getChildAtIndex(i)
        if app is None:
            continue
        for node in nodes(app):
            try:
                if (node.name or "").startswith(matches) and (role is None or role in node.getRoleName()):
                    return node
            except Exception:
                continue
    return None


def wait(matches, role=None):
    """Waits until a name is shown; ends the run when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        node = find(matches, role)
        if node is not None:
            return node
        time.sleep(0.2)
    sys.exit(f"never shown: {matches}")


def press(matches, role="button"):
    """Presses a control once it is enabled."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        node = wait(matches, role)
        state = node.getState()
        if state.contains(pyatspi.STATE_ENABLED) or state.contains(pyatspi.STATE_SENSITIVE):
            node.queryAction().doAction(0)
            return
        time.sleep(0.2)
    sys.exit(f"never enabled: {matches}")


def picture(name):
    """Photographs the window, after it has come to rest."""
    time.sleep(1.2)
    path = os.path.join(HERE, f"{name}.png")
    subprocess.run(["import", "-window", "root", path], check=True)
    print(path)


def main():
    for theme in ("light", "dark"):
        program = subprocess.Popen([os.environ["PROGRAM"], "--sample", "--theme", theme])
        try:
            walk(theme)
        finally:
            program.terminate()
            program.wait()


def walk(theme):
    """From the sample's source to the finished import."""
    raise NotImplementedError(theme)


main()
