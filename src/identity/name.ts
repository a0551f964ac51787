/**
 * Names that people give to addresses and to themselves: what one may hold, and when two of them are the same. A name is
 * shown beside messages, so nothing in it may reorder, hide or imitate text (SPEC §10.10).
 */
import { MailboxError } from '../errors.ts'
import { contactNameBytesMax } from '../limits.ts'
import { addressLength } from './text.ts'

/** Control and format characters (bidi controls and zero-width ones among them), lone surrogates, line and page ends. */
const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** Drawn as nothing: they make no name and no difference between names. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu
const wanted = 'A name is one line of visible characters'

/**
 * `text` as a name: without spaces at its ends, composed (NFC).
 * @throws MailboxError CONTACT empty, over `contactNameBytesMax`, with characters that cannot be seen, or an address
 */
export function checkedName(text: string): string {
  // before normalising, which may take long and grow
  if (text.length > contactNameBytesMax) throw tooLong()
  if (forbidden.test(text))
    throw new MailboxError('CONTACT', `${wanted}; this one holds a character that cannot be seen.`)
  const name = text.trim().normalize('NFC')
  if (new TextEncoder().encode(name).length > contactNameBytesMax) throw tooLong()
  const folded = foldedName(name)
  if (folded === '') throw new MailboxError('CONTACT', `${wanted}; this one is empty.`)
  if (folded.length === addressLength && folded.startsWith('bbaarei'))
    throw new MailboxError('CONTACT', 'An address cannot be the name of a contact: choose a name that says who it is.')
  return name
}

/** What two names have in common that are the same name: compatibility forms, case and spacing make no difference. */
export function foldedName(name: string): string {
  return (
    name
      .normalize('NFKC')
      .replaceAll(invisible, '')
      // upper case first: ß and SS, and the two small sigmas, are one
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replaceAll(/\s+/gu, ' ')
      .trim()
  )
}

const tooLong = (): MailboxError =>
  new MailboxError('CONTACT', `A name has at most ${contactNameBytesMax} bytes of UTF-8; choose a shorter one.`, {
    limit: 'contactNameBytesMax'
  })
