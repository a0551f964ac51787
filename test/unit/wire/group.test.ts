import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { groupOf } from '../../../src/wire/group.ts'

const groups: ReadonlyArray<readonly [string, string | undefined]> = [
  ['/ip4/203.0.113.7/tcp/4501', '203.0.113.7'],
  ['/ip4/203.0.113.7/tcp/4501/ws', '203.0.113.7'],
  ['/ip4/127.0.0.1/tcp/1', '127.0.0.1'],
  ['/ip6/2001:db8:1:aabb::1/tcp/4501', '2001:db8:1:aa00::/56'],
  ['/ip6/2001:db8:1:aa01:ffff::9/tcp/4501', '2001:db8:1:aa00::/56'],
  ['/ip6/2001:db8:1:abbb::1/tcp/4501', '2001:db8:1:ab00::/56'],
  ['/ip6/::1/tcp/1', '0:0:0:0::/56'],
  ['/ip6/::ffff:203.0.113.7/tcp/4501', '203.0.113.7'],
  ['/ip6zone/eth0/ip6/fe80::1/tcp/4501', 'fe80:0:0:0::/56'],
  ['/ip4/203.0.113.7/tcp/4501/p2p/12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8/p2p-circuit', undefined],
  ['/dns4/relay.example/tcp/4501', undefined],
  ['/memory/7', undefined]
]

for (const [address, group] of groups) {
  test(`the group of ${address} is ${group ?? 'not known'}`, () => {
    assert.equal(groupOf(multiaddr(address)), group)
  })
}
