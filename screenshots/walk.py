"""Walks through the program by its accessible names and photographs each step. Run by screenshots/make."""

import os
import shutil
import subprocess
import sys
import time

import pyatspi

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_SECONDS = 90
# Someone of the sample whose password Okta can't take, and what they type at their first sign-in.
LOGIN, PASSWORD = "mohammed.alhassan@northwind.example", "Harbour-cinder-81"


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


def gone(matches):
    """Waits until a name (a passing message) is no longer shown."""
    end = time.monotonic() + PATIENCE_SECONDS
    while find(matches) is not None and time.monotonic() < end:
        time.sleep(0.2)


def press(matches, role="button"):
    """Presses a control once it is enabled."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        node = wait(matches, role)
        state = node.getState()
        if state.contains(pyatspi.STATE_ENABLED) or state.contains(pyatspi.STATE_SENSITIVE):
            try:
                node.queryAction().doAction(0)
                return
            except NotImplementedError:
                # It was disabled when it was first seen, and the registry keeps to that: the mouse knows better.
                box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
                middle = [str(box.x + box.width // 2), str(box.y + box.height // 2)]
                subprocess.run(["xdotool", "mousemove", *middle, "sleep", "0.2", "click", "1", "sleep", "0.2"], check=True)
                subprocess.run(["xdotool", "mousemove", "1279", "799"], check=True)
                return
        time.sleep(0.2)
    sys.exit(f"never enabled: {matches}")


def fill(matches, role, text):
    """Puts the text into a field. There is no window manager: the window is given the keyboard by hand."""
    window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Causeway"], check=True, capture_output=True, text=True)
    subprocess.run(["xdotool", "windowfocus", window.stdout.split()[0], "sleep", "0.3"], check=True)
    wait(matches, role).queryComponent().grabFocus()
    subprocess.run(["xdotool", "sleep", "0.4", "type", "--delay", "20", text], check=True)
    time.sleep(0.4)


def picture(name):
    """Photographs the window, after it has come to rest."""
    time.sleep(1.2)
    path = os.path.join(HERE, f"{name}.png")
    subprocess.run(["import", "-window", "root", "-crop", "1280x800+0+0", "+repage", path], check=True)
    print(path)


def main():
    for theme in ("Light", "Dark"):
        program = subprocess.Popen([os.environ["PROGRAM"]])
        try:
            walk(theme)
        finally:
            program.terminate()
            program.wait()
        # The next one begins as on a new computer.
        for folder in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            shutil.rmtree(os.path.join(os.environ[folder], "causeway"), ignore_errors=True)


def walk(theme):
    """From the start page to the finished import."""
    suffix = theme.lower()
    wait("Try the sample company")
    press(theme, "radio")
    picture(f"0-start-{suffix}")
    press("Try the sample company")
    wait("Read 255 people")
    picture(f"2-map-{suffix}")
    press("Read 255 people")
    wait("255 people, and what happens")
    press("Tomáš Dvořák,", "row")
    gone("255 people read")
    picture(f"3-review-{suffix}")
    press("Continue")
    wait("Signed in as")
    picture(f"4-okta-{suffix}")
    press("Start pilot")
    press("Import the other 225")
    wait("Pause")
    time.sleep(40)  # far enough on its way to have something to show
    picture(f"5-import-{suffix}")
    press("1 Source", "tab")
    wait("Where are your people today?")
    picture(f"1-source-{suffix}")
    press("5 Import", "tab")
    press("Continue")
    press("Start and register")
    wait("Okta's own test call was answered")
    press("Try a sign-in")
    fill("Login", "entry", LOGIN)
    fill("Password", "password", PASSWORD)
    press("Sign in at the practice org")
    wait("Signed in with the password they had.")
    press("Close")
    picture(f"6-hook-{suffix}")


main()
