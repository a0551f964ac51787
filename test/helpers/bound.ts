/** libp2p nodes whose connections come from an address of one's choice: every one of 127.0.0.0/8 is this machine's. */
import { tcp } from '@libp2p/tcp'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'

/** `libp2pDefaults()` for a node that dials from `address`, an IPv4 address of loopback. */
export function boundTo(address: string): ReturnType<typeof libp2pDefaults> {
  // handed to net.connect() as it is; the package's types name the commoner options only
  const dialOpts: object = { localAddress: address }
  return { ...libp2pDefaults(), transports: [tcp({ dialOpts })] as never }
}
