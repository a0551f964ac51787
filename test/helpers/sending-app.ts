/**
 * An application that sends, as a process: it says every change of its outbox to its parent, does what its parent asks,
 * and begins on what its store holds. Its clock is as far ahead as its parent wants.
 *
 *   node sending-app.ts SETTINGS     see `Settings`
 */
import { ClassicLevel } from 'classic-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { Attempt } from '../../src/client/history.ts'
import type { OutboxEntry, OutboxEvent, Receipts } from '../../src/client/outbox.ts'
import { systemEnvironment } from '../../src/environment.ts'
import { isMailboxError } from '../../src/errors.ts'
import { parsePrivateKey } from '../../src/identity/address.ts'

export interface Settings {
  /** Private key in text. */
  readonly key: string
  /** Directory of the local store. */
  readonly store: string
  readonly bootstrap: readonly string[]
  readonly aheadMs: number
}

export type Command =
  | { readonly type: 'send'; readonly to: string; readonly ttlHours?: number }
  | { readonly type: 'look'; readonly id: string }
  | { readonly type: 'retry'; readonly id: string }
  | { readonly type: 'ahead'; readonly ms: number }

/** What it has of one message. */
export interface Look {
  readonly entry?: OutboxEntry | undefined
  readonly receipts?: Receipts | undefined
  /** Code of what `stored` ended with, when it has ended. */
  readonly ended?: string
  readonly history: readonly Attempt[]
  /** Of the message in the sentbox. */
  readonly sentText?: string
}

export type Word =
  | { readonly type: 'event'; readonly event: OutboxEvent }
  | { readonly type: 'sent'; readonly id: string }
  | { readonly type: 'look'; readonly look: Look }

const say = (word: Word): void => {
  process.send?.(word)
}

async function look({ outbox, sentbox }: Mailbox, id: string): Promise<Look> {
  const [entry, receipts] = [await outbox.get(id), await outbox.receipts(id)]
  const sent = receipts === undefined ? undefined : await sentbox.get(receipts.id)
  const ended = await outbox.stored(id, { signal: AbortSignal.timeout(1) }).then(
    () => undefined,
    (error: unknown) => (isMailboxError(error) && error.code !== 'ABORTED' ? error.code : undefined)
  )
  return {
    entry,
    receipts,
    history: await outbox.history(id),
    ...(ended === undefined ? {} : { ended }),
    ...(sent === undefined ? {} : { sentText: new TextDecoder().decode(sent.body) })
  }
}

async function main({ key, store, bootstrap, ...settings }: Settings): Promise<void> {
  let { aheadMs } = settings
  const mailbox = await Mailbox.open({
    identity: parsePrivateKey(key),
    store: new ClassicLevel<string, Uint8Array>(store),
    bootstrap,
    env: { ...systemEnvironment, now: () => Date.now() + aheadMs }
  })
  const obey = async (command: Command): Promise<void> => {
    if (command.type === 'ahead') aheadMs = command.ms
    else if (command.type === 'look') say({ type: 'look', look: await look(mailbox, command.id) })
    else if (command.type === 'retry') await mailbox.outbox.retry(command.id)
    else {
      const { to, ttlHours } = command
      const { id } = await mailbox.send(to, 'hello', ttlHours === undefined ? {} : { ttlHours })
      say({ type: 'sent', id })
    }
  }
  process.on('message', command => {
    void obey(command as Command)
  })
  for await (const event of mailbox.outbox.watch()) say({ type: 'event', event })
}

const [settings] = process.argv.slice(2)
if (settings !== undefined) await main(JSON.parse(settings) as Settings)
