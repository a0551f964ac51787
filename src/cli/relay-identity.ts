/** The relay of a data directory, whether it runs or not. */
import { join } from 'node:path'
import { findDirectory } from '../daemon/directory.ts'
import { readSecret } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { parsePrivateKey } from '../identity/address.ts'
import type { Identity } from '../identity/keys.ts'
import { peerOfKey, peerText } from '../identity/peer.ts'

export interface RelayIdentity {
  /** Path of the data directory. */
  readonly directory: string
  /** Peer id text. */
  readonly id: string
  readonly identity: Identity
}

/** @throws MailboxError DATA_DIR when there is no relay's data, KEY, STORE_VERSION */
export async function relayOf(path: string): Promise<RelayIdentity> {
  const directory = await findDirectory(path, 'relay')
  const key = directory === undefined ? undefined : await readSecret(join(directory.path, 'relay.key'))
  if (directory === undefined || key === undefined)
    throw new MailboxError('DATA_DIR', `The data directory ${path} holds no relay; name its directory with --data.`)
  const identity = parsePrivateKey(key)
  return { directory: directory.path, id: peerText(peerOfKey(identity.key)), identity }
}
