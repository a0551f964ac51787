/** What a command is given to send, read with a bound. */
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { MailboxError } from '../errors.ts'
import { bodyBytesMax } from '../limits.ts'

export const tooLarge = (): MailboxError =>
  new MailboxError('SIZE', `The body is larger than ${bodyBytesMax} bytes (bodyBytesMax); send it in parts.`, {
    limit: 'bodyBytesMax'
  })

/** All of a stream, at most `bytesMax`. @throws MailboxError SIZE */
export async function readAll(stream: Readable, bytesMax: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const part = Buffer.from(chunk as Buffer | string)
    bytes += part.length
    if (bytes > bytesMax) throw tooLarge()
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** All of a file, at most `bodyBytesMax`. @throws MailboxError SIZE, USAGE when it cannot be read */
export async function readBody(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, 'r')
    try {
      return await readAll(handle.createReadStream({ end: bodyBytesMax }), bodyBytesMax)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof MailboxError) throw cause
    throw new MailboxError(
      'USAGE',
      `The file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'}).`,
      { cause }
    )
  }
}
