import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { isMailboxError } from '../../../src/errors.ts'
import { openInvitation, signInvitation } from '../../../src/identity/invitation.ts'
import { checkedName, foldedName } from '../../../src/identity/name.ts'
import { bob, hex, nowHour, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import { invitationFields } from '../../vectors/contact.ts'
import { peerText } from '../../../src/identity/peer.ts'

const o = { nowMs }

test('an invitation reads back what was written, wrapped by a mail program and in upper case too', async () => {
  const { uri, leftOut } = await signInvitation(bob, invitationFields)
  assert.deepEqual(leftOut, [])
  assert.match(uri, /^mailbox:1\.[a-z2-7]+$/)
  const wrapped = ` ${uri.replaceAll(/.{70}/g, '$&\r\n')}\n`
  for (const text of [uri, wrapped, uri.toUpperCase()]) {
    const { inviter, address, ...read } = await openInvitation(text, o)
    assert.deepEqual([hex(inviter), address], [hex(bob.key), bob.address])
    assert.deepEqual(read, invitationFields)
  }
})

test('relays that do not fit an invitation are left out from the end, and named', async () => {
  const long = `/dns4/${'relay.'.repeat(18)}example/tcp/443/wss`
  const many = [...relays, ...relays].map((relay, at) => ({
    id: peerText(peerOf(relay.key)),
    addresses: at === 1 ? [] : [at === 0 ? long : `/ip4/192.0.2.${at}/tcp/4001`]
  }))
  const { uri, leftOut } = await signInvitation(bob, { ...invitationFields, relays: many })
  assert.deepEqual(leftOut, [many[1], many[4], many[5]])
  assert.deepEqual((await openInvitation(uri, o)).relays, [many[0], many[2], many[3]])
  const huge = many.map(({ id }) => ({ id, addresses: [long, '/ip4/192.0.2.1/tcp/1'] }))
  const second = await signInvitation(bob, { ...invitationFields, relays: huge })
  assert.ok(second.uri.length <= 1_024)
  const { relays: held } = await openInvitation(second.uri, o)
  assert.equal(held.length + second.leftOut.length, huge.length)
  assert.ok(held.length >= 1 && held.every(({ addresses }) => addresses.length === 1))
})

test('each way in which an invitation is none is said in a sentence of its own', async () => {
  const { uri } = await signInvitation(bob, invitationFields)
  const expired = { nowMs: (nowHour + 336) * msPerHour }
  const cases: Array<[string, { nowMs: number }, RegExp]> = [
    ['hello', o, /^This is not an invitation: one begins with mailbox:1\./],
    ['', o, /^This is not an invitation/],
    ['x'.repeat(100_000), o, /^This is not an invitation/],
    [bob.address, o, /^This is an address, not an invitation/],
    ['mailbox:2.abc', o, /for version 2 of the protocol; this program knows 1/],
    [uri.slice(0, -4), o, /^This invitation is damaged/],
    ['mailbox:1.', o, /^This invitation is damaged/],
    [uri, expired, /^This invitation expired at 2026-01-15T00:00 UTC/]
  ]
  for (const [text, at, message] of cases)
    await assert.rejects(openInvitation(text, at), { code: 'INVITATION', message }, text.slice(0, 60))
  assert.equal((await openInvitation(uri, { nowMs: expired.nowMs - 1 })).address, bob.address)
})

test('a change of any character of an invitation is found, or changes nothing that is read', async () => {
  const { uri } = await signInvitation(bob, { ...invitationFields, relays: [] })
  const whole = await openInvitation(uri, o)
  let refused = 0
  for (let at = 'mailbox:1.'.length; at < uri.length; at++) {
    const changed = uri.slice(0, at) + (uri[at] === 'q' ? 'r' : 'q') + uri.slice(at + 1)
    try {
      // SPEC §4.1: an envelope can be written in more than one way
      assert.deepEqual(await openInvitation(changed, o), whole)
    } catch (error) {
      assert.ok(isMailboxError(error, 'INVITATION'), `character ${at}`)
      refused++
    }
  }
  assert.ok(refused > 200)
})

test('a name is one visible line of bounded length that is no address', () => {
  assert.equal(checkedName('  Bob O’Neill 🙂 '), 'Bob O’Neill 🙂')
  assert.equal(checkedName('é'), 'é')
  assert.equal(checkedName('n'.repeat(128)).length, 128)
  const refused = ['', '   ', 'a\nb', 'a\u0000', 'a\u202eb', 'a\u2066b', 'a\u200bb', '\u115f', '\ud800', '\u001b[2J']
  for (const name of [...refused, 'n'.repeat(129), '🙂'.repeat(33), bob.address, 'a\u2028b', bob.address.toUpperCase()])
    assert.throws(() => checkedName(name), { code: 'CONTACT' }, JSON.stringify(name))
})

test('names that differ in case, width, composition or spacing are one name', () => {
  const same = [
    ['Bob', 'BOB'],
    ['Bob', 'Ｂｏｂ'],
    ['Zoë', 'ZOE\u0308'],
    ['Bob Q', 'bob  q'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['Weiß', 'WEISS'],
    ['ﬁn', 'FIN']
  ]
  for (const [a = '', b = ''] of same) assert.equal(foldedName(a), foldedName(b))
  assert.notEqual(foldedName('Bob'), foldedName('Rob'))
})
