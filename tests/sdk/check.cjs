// Okta's own Node SDK against the practice org: create, read, list, change, groups, hook, log, delete.
// Reads OKTA_URL and OKTA_TOKEN. This SDK takes an http address as it is.
const assert = require('node:assert/strict');
const okta = require('@okta/okta-sdk-nodejs');

const client = new okta.Client({ orgUrl: process.env.OKTA_URL, token: process.env.OKTA_TOKEN });
const hash = { algorithm: 'SHA-256', value: 'C0fGmxAzSY1fM/X32Xu2oxJhNHUWKfTQGFwRXbRMCU4=' };
const profile = (number, firstName) => ({ login: `js${number}@example.com`, email: `js${number}@example.com`, firstName, lastName: "O'Neill" });

/** A whole collection: the SDK follows the Link headers by itself. */
async function all(collection) {
  const found = [];
  await collection.each((item) => { found.push(item); });
  return found;
}

async function main() {
  const group = await client.groupApi.createGroup({ group: { profile: { name: 'Node SDK', description: 'made by a test' } } });
  const ids = [];
  for (const [number, first] of ['Máire', '李伟', 'محمد'].entries()) {
    const user = await client.userApi.createUser({
      body: { profile: profile(number, first), credentials: { password: { hash } }, groupIds: [group.id] }, activate: true });
    assert.deepEqual([user.status, user.profile.firstName, user.credentials.provider.type], ['ACTIVE', first, 'IMPORT']);
    ids.push(user.id);
  }
  const hooked = await client.userApi.createUser({
    body: { profile: profile(9, 'Дмитрий'), credentials: { password: { hook: { type: 'default' } } } }, activate: true });
  await assert.rejects(client.userApi.createUser({ body: { profile: profile(0, 'Twin') } }), (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.errorCode, 'E0000001');
    assert.match(error.errorCauses[0].errorSummary, /already exists/);
    return true;
  });

  assert.equal((await client.userApi.getUser({ userId: 'js1@example.com' })).id, ids[1]);
  const listed = await all(await client.userApi.listUsers({ limit: 2, search: 'profile.login sw "js"' }));
  assert.deepEqual(listed.map((user) => user.id), [...ids, hooked.id]);
  const changed = await client.userApi.updateUser({ userId: ids[0], user: { profile: { title: 'Head' } } });
  assert.deepEqual([changed.profile.title, changed.profile.firstName], ['Head', 'Máire']);

  await client.groupApi.assignUserToGroup({ groupId: group.id, userId: hooked.id });
  const members = await all(await client.groupApi.listGroupUsers({ groupId: group.id, limit: 2 }));
  assert.deepEqual(members.map((user) => user.id).sort(), [...ids, hooked.id].sort());
  const groups = await all(await client.userApi.listUserGroups({ userId: hooked.id }));
  assert.deepEqual(groups.map((it) => it.profile.name).sort(), ['Everyone', 'Node SDK']);
  await client.groupApi.unassignUserFromGroup({ groupId: group.id, userId: hooked.id });
  assert.equal((await all(await client.groupApi.listGroups({ q: 'Node' })))[0].id, group.id);

  const type = 'com.okta.user.credential.password.import';
  const hook = await client.inlineHookApi.createInlineHook({ inlineHook: {
    name: 'js', type, version: '1.0.0',
    channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://hook.example.com/', method: 'POST',
      authScheme: { type: 'HEADER', key: 'Authorization', value: 'secret' } } } } });
  assert.equal(hook.status, 'ACTIVE');
  assert.deepEqual((await all(await client.inlineHookApi.listInlineHooks({ type }))).map((it) => it.id), [hook.id]);
  assert.equal((await client.inlineHookApi.deactivateInlineHook({ inlineHookId: hook.id })).status, 'INACTIVE');
  await client.inlineHookApi.deleteInlineHook({ inlineHookId: hook.id });

  const schema = await client.schemaApi.getUserSchema({ schemaId: 'default' });
  assert.equal(schema.definitions.base.properties.firstName.maxLength, 50);
  const events = [];
  // A log without `until` never ends: its next link is for polling. So the query is bounded.
  const until = new Date(Date.now() + 60000).toISOString();
  for (const event of await all(await client.systemLogApi.listLogEvents({ filter: 'eventType eq "user.lifecycle.create"', until }))) {
    events.push(...event.target.map((target) => target.id));
  }
  assert.ok(ids.every((id) => events.includes(id)));

  for (const userId of [...ids, hooked.id]) {
    await client.userApi.deactivateUser({ userId });
    await client.userApi.deleteUser({ userId });
  }
  await client.groupApi.deleteGroup({ groupId: group.id });
  assert.deepEqual(await all(await client.userApi.listUsers({ search: 'profile.login sw "js"' })), []);
  console.log('node sdk: all calls work');
}

main().catch((error) => { console.error(error); process.exit(1); });
