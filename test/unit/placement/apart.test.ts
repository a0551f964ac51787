import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apart, type Placed } from '../../../src/placement/apart.ts'

const placed = (...hosts: string[]): Placed[] =>
  hosts.map((host, at) => ({
    peer: { id: `${at}`, addresses: [`/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/4001`] }
  }))
const ids = (list: readonly Placed[], count: number, perNetwork: number): string =>
  apart(list, { count, perNetwork })
    .map(({ id }) => id)
    .join('')

test('of one /16 only so many count, and those that are farther away take their places', () => {
  assert.equal(ids(placed('8.8.1.1', '8.8.2.1', '8.8.3.1', '9.9.1.1', '9.8.1.1'), 4, 2), '0134')
})

test('of one IPv6 /32 only so many count', () => {
  assert.equal(ids(placed('2a01:4f8:1::1', '2a01:4f8:2::1', '2a01:4f9:1::1'), 2, 1), '02')
})

test('where there are no others, those of one network fill the places', () => {
  assert.equal(ids(placed('8.8.1.1', '8.8.2.1', '8.8.3.1', '9.9.1.1'), 4, 1), '0312')
})

test('loopback and private addresses, and peers without an address, are never too many', () => {
  assert.equal(
    ids(placed('127.0.0.1', '127.0.0.2', '10.0.0.1', '10.0.0.2', '192.168.1.1', 'fd00::1', 'fd00::2'), 9, 1),
    '0123456'
  )
  assert.equal(
    ids(
      [1, 2, 3].map(n => ({ peer: { id: `${n}`, addresses: [] } })),
      9,
      1
    ),
    '123'
  )
  assert.equal(
    ids(
      [1, 2].map(n => ({ peer: { id: `${n}`, addresses: ['/dns4/relay.example/tcp/1', 'x'] } })),
      9,
      1
    ),
    '12'
  )
})

test('where a peer is connected to counts, not what is said of it', () => {
  const invented = placed('8.8.1.1', '9.9.1.1', '11.1.1.1').map(({ peer }) => ({ peer, seenAt: '/ip4/8.8.7.7/tcp/1' }))
  assert.equal(ids([...invented, { peer: { id: '9', addresses: ['/ip4/12.1.1.1/tcp/1'] } }], 2, 1), '09')
})
