"""Okta's own Python SDK against the practice org: create, read, list, change, groups, hook, log, delete.

Reads OKTA_URL and OKTA_TOKEN. The SDK insists on https and offers one way round, meant for tests:
the setting testing.testingDisableHttpsCheck, taken from its environment variable (not from the client's own dictionary).
"""

import asyncio
import os

os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"

from okta.client import Client
from okta import models as m

HASH = {"algorithm": "SHA-256", "value": "C0fGmxAzSY1fM/X32Xu2oxJhNHUWKfTQGFwRXbRMCU4="}


def good(answer):
    """The SDK gives (value, response, error)."""
    *rest, error = answer
    assert error is None, error
    return rest[0] if rest else None


def profile(number, first):
    return {"login": f"py{number}@example.com", "email": f"py{number}@example.com", "firstName": first, "lastName": "O'Neill"}


async def main():
    client = Client({
        "orgUrl": os.environ["OKTA_URL"],
        "token": os.environ["OKTA_TOKEN"],
    })
    group = good(await client.add_group(m.AddGroupRequest.from_dict({"profile": {"name": "Python SDK", "description": "made by a test"}})))
    ids = []
    for number, first in enumerate(["Máire", "李伟", "محمد"]):
        body = {"profile": profile(number, first), "credentials": {"password": {"hash": HASH}}, "groupIds": [group.id]}
        user = good(await client.create_user(m.CreateUserRequest.from_dict(body), activate=True))
        assert (user.status, user.profile.first_name) == ("ACTIVE", first), user
        assert user.credentials.provider.type == "IMPORT", user.credentials
        ids.append(user.id)
    hooked = {"profile": profile(9, "Дмитрий"), "credentials": {"password": {"hook": {"type": "default"}}}}
    hooked = good(await client.create_user(m.CreateUserRequest.from_dict(hooked), activate=True))
    *_, error = await client.create_user(m.CreateUserRequest.from_dict({"profile": profile(0, "Twin")}))
    assert "already exists" in str(error), error

    assert good(await client.get_user("py1@example.com")).id == ids[1]
    page, response, error = await client.list_users(limit=2, search='profile.login sw "py"')
    assert error is None and len(page) == 2, (error, page)
    assert 'rel="next"' in response.headers["Link"], response.headers
    changed = good(await client.update_user(ids[0], m.UpdateUserRequest.from_dict({"profile": {"title": "Head"}})))
    assert (changed.profile.title, changed.profile.first_name) == ("Head", "Máire"), changed.profile

    good(await client.assign_user_to_group(group.id, hooked.id))
    members = good(await client.list_group_users(group.id))
    assert {user.id for user in members} == {*ids, hooked.id}
    groups = good(await client.list_user_groups(hooked.id))
    assert {it.type for it in groups} == {"BUILT_IN", "OKTA_GROUP"} and group.id in {it.id for it in groups}, groups
    good(await client.unassign_user_from_group(group.id, hooked.id))
    assert [it.id for it in good(await client.list_groups(q="Python"))] == [group.id]

    hook = {"name": "py", "type": "com.okta.user.credential.password.import", "version": "1.0.0",
            "channel": {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hook.example.com/", "method": "POST",
                        "authScheme": {"type": "HEADER", "key": "Authorization", "value": "secret"}}}}
    hook = good(await client.create_inline_hook(m.InlineHookCreate.from_dict(hook)))
    assert hook.status == "ACTIVE"
    assert [it.id for it in good(await client.list_inline_hooks(type="com.okta.user.credential.password.import"))] == [hook.id]
    assert good(await client.deactivate_inline_hook(hook.id)).status == "INACTIVE"
    good(await client.delete_inline_hook(hook.id))

    schema = good(await client.get_user_schema("default"))
    assert schema.definitions.base.properties.first_name.max_length == 50
    events = good(await client.list_log_events(filter='eventType eq "user.lifecycle.create"', limit=10))
    assert ids[0] in {target.id for event in events for target in event.target}

    for user in [*ids, hooked.id]:
        for _ in range(2):
            good(await client.delete_user(user))
    good(await client.delete_group(group.id))
    assert good(await client.list_users(search='profile.login sw "py"')) == []
    print("python sdk: all calls work")


asyncio.run(main())
