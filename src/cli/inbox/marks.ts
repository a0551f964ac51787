/** mailbox inbox read, unread, ack, delete: what becomes of messages that are named. */
import type { Message } from '../../client/message.ts'
import type { Mailbox } from '../../client/mailbox.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import type { Shelf } from '../listing.ts'
import { idsOf } from '../listing.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'
import { progress } from '../progress.ts'

export const shelfOf = ({ inbox }: Pick<Mailbox, 'inbox'>): Shelf<Message> => ({
  get: async id => await inbox.get(id),
  list: o => inbox.list(o),
  called: 'this inbox',
  command: 'mailbox inbox'
})

/** Such as "One message is", "2 messages are". */
const many = (count: number): string => (count === 1 ? 'One message is' : `${count} messages are`)

export async function mark(
  io: Io,
  given: Given,
  { mailbox, signal }: Session,
  o: { as: 'read' | 'unread'; texts: readonly string[] }
): Promise<void> {
  const ids = await idsOf(shelfOf(mailbox), o.texts)
  await mailbox.inbox[o.as](ids, { signal })
  if (given.json === true) printJson(io, { type: 'marked', as: o.as, ids })
  else talk(io, `${many(ids.length)} ${o.as} now.`)
}

export async function remove(io: Io, given: Given, session: Session, texts: readonly string[]): Promise<void> {
  const { mailbox, signal } = session
  const ids = await idsOf(shelfOf(mailbox), texts)
  await mailbox.inbox.delete(ids, { signal })
  if (given.json === true) printJson(io, { type: 'marked', as: 'deleted', ids })
  else talk(io, `${many(ids.length)} deleted here, and on the relays at the next contact.`)
}

export async function ack(io: Io, given: Given, session: Session, texts: readonly string[]): Promise<void> {
  const { mailbox, signal } = session
  const ids = await idsOf(shelfOf(mailbox), texts)
  const telling = async (): ReturnType<typeof mailbox.inbox.ack> => await mailbox.inbox.ack(ids, { signal })
  const { confirmed, pending } = await progress(io, 'Telling the relays', telling)
  if (given.json === true) printJson(io, { type: 'acked', ids, confirmed, pending })
  else {
    const others = pending.length === 0 ? '' : `; ${pending.length} are told when they answer again`
    talk(io, `${confirmed.length} relays have dropped them${others}.`)
  }
}
