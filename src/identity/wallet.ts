/**
 * An identity whose seed stays in a wallet or a hardware module: this asks it to sign, and to open what is sealed to a
 * last-resort key, and checks every answer (SPEC §2.7).
 */
import { equals } from 'uint8arrays/equals'
import { systemEnvironment, type Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { walletAnswerMs } from '../limits.ts'
import { domains, payloadTypes } from './domains.ts'
import { sealProbe } from './envelope.ts'
import {
  lastResortSecret,
  parseIdentityKey,
  verify,
  type Identity,
  type IdentityKey,
  type KeptKeys,
  type SealedBytes
} from './keys.ts'
import { signingInput } from './signed.ts'
import { publicText } from './text.ts'

/** Ends at the deadline of the answer and when the caller has no use for it any more. */
interface Asked {
  readonly signal: AbortSignal
}

/**
 * What a wallet supplies. Calls may overlap. One that shows a question to a person throws when the person says no.
 * Last-resort keys: with `open` and `openKeys` their secrets never leave the wallet; with `lastResortSeed` it derives
 * them; with neither they are derived from a signature, which must then be the same every time.
 */
export interface Wallet {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Ed25519 signature of `message` itself, without prefix or prehash, 64 bytes. */
  readonly sign: (message: Uint8Array, o: Asked) => Promise<Uint8Array>
  /** HPKE Open with the key of `sealed.suite`; undefined when it does not open. */
  readonly open?: (sealed: SealedBytes, o: Asked) => Promise<Uint8Array | undefined>
  /** Public halves of the keys that `open` has: one or both of suite 1 (32 bytes) and 2 (1,216 bytes). */
  readonly openKeys?: KeptKeys['keys']
  /** 32 bytes, the same every time and known to nobody else. */
  readonly lastResortSeed?: (suite: number, epoch: number, o: Asked) => Promise<Uint8Array>
}

export interface WalletOptions {
  /** What the wallet gets for one answer, milliseconds; default `walletAnswerMs`. */
  readonly answerMs?: number
  /** Ends the checks at the start; the answers later end by their deadline. */
  readonly signal?: AbortSignal
  readonly env?: Environment
}

const probeBytes = 32
const secretBytes = 32

/**
 * An identity that asks a wallet. It is tried first: a probe is signed, and one is opened where the wallet opens.
 * @throws MailboxError KEY: the public key is not usable; WALLET: it refuses, is late, or gives what is not right;
 *   ABORTED
 */
export async function identityFromWallet(wallet: Wallet, o: WalletOptions = {}): Promise<Identity> {
  if ((wallet.open === undefined) !== (wallet.openKeys === undefined))
    throw new TypeError('A wallet that opens gives both open and openKeys.')
  const asked = new AskedWallet(wallet, o)
  const { key } = asked
  const identity = { key, address: publicText(key), sign: async (message: Uint8Array) => await asked.sign(message) }
  if (wallet.openKeys !== undefined) return Object.freeze({ ...identity, ...(await kept(asked, wallet.openKeys, o)) })
  if (wallet.lastResortSeed !== undefined) {
    await asked.sign(probeOf(o), o.signal)
    return Object.freeze({
      ...identity,
      lastResortSeed: async (suite: number, epoch: number) => await asked.lastResortSeed(suite, epoch)
    })
  }
  const secret = await signedSecret(asked, o.signal)
  return Object.freeze({
    ...identity,
    lastResortSeed: async (suite: number, epoch: number) => Promise.resolve(lastResortSecret(secret, suite, epoch))
  })
}

const randomOf = (o: WalletOptions): Uint8Array => (o.env ?? systemEnvironment).random(probeBytes)

/** Of its own domain: means nothing anywhere else. */
const probeOf = (o: WalletOptions): Uint8Array =>
  signingInput(domains.walletProbe, payloadTypes.walletProbe, randomOf(o))

/** Signs and opens once; what follows is asked of a wallet that can. */
async function kept(
  asked: AskedWallet,
  keys: KeptKeys['keys'],
  o: WalletOptions
): Promise<Pick<Identity, 'lastResort' | 'lastResortSeed'>> {
  if (keys.length === 0 || new Set(keys.map(({ suite }) => suite)).size < keys.length)
    throw new MailboxError('WALLET', 'A wallet that opens names one key for each suite it opens, and at least one.')
  await asked.sign(probeOf(o), o.signal)
  for (const key of keys) {
    const [plaintext, aad] = [randomOf(o), new TextEncoder().encode(domains.walletProbe)]
    const opened = await asked.open(await sealProbe(key, asked.key, { plaintext, aad }), o.signal)
    if (opened === undefined || !equals(opened, plaintext))
      throw new MailboxError('WALLET', `The wallet does not open what is sealed to its own key of suite ${key.suite}.`)
  }
  return {
    lastResort: Object.freeze({ keys, open: async (sealed: SealedBytes) => await asked.open(sealed) }),
    lastResortSeed: async () =>
      await Promise.reject(new MailboxError('WALLET', 'The secrets of the last-resort keys stay in this wallet.'))
  }
}

/**
 * A signature that nobody else ever sees, as the secret of the last-resort keys. Asked for twice: a wallet that signs
 * with fresh randomness would have other keys at each start.
 */
async function signedSecret(asked: AskedWallet, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const input = signingInput(domains.walletSecret, payloadTypes.walletSecret, asked.key)
  const secret = await asked.sign(input, signal)
  if (equals(secret, await asked.sign(input, signal))) return secret
  throw new MailboxError(
    'WALLET',
    'The wallet signs the same bytes differently each time, so no last-resort key can come from a signature: supply lastResortSeed, or open and openKeys.'
  )
}

/** The wallet behind deadlines and checks. */
class AskedWallet {
  readonly key: IdentityKey
  readonly #wallet: Wallet
  readonly #answerMs: number
  readonly #env: Environment

  constructor(wallet: Wallet, o: WalletOptions) {
    this.key = parseIdentityKey(wallet.publicKey)
    this.#wallet = wallet
    this.#answerMs = o.answerMs ?? walletAnswerMs
    this.#env = o.env ?? systemEnvironment
  }

  async sign(message: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const given = await this.#ask('sign', async asked => await this.#wallet.sign(message, asked), signal)
    const signature = bytesOf(given, 64)
    if (signature === undefined || !verify(this.key, message, signature)) {
      throw new MailboxError(
        'WALLET',
        'The wallet gave no Ed25519 signature of these bytes by its own key: it holds another key, or signs with a prefix or prehash of its own.'
      )
    }
    return signature
  }

  async open(sealed: SealedBytes, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const given = await this.#ask('open', async asked => await this.#wallet.open?.(sealed, asked), signal)
    if (given === undefined) return undefined
    const plaintext = bytesOf(given)
    if (plaintext === undefined) throw new MailboxError('WALLET', 'The wallet opened a record to what is not bytes.')
    return plaintext
  }

  async lastResortSeed(suite: number, epoch: number): Promise<Uint8Array> {
    const ask = async (asked: Asked): Promise<unknown> => await this.#wallet.lastResortSeed?.(suite, epoch, asked)
    const seed = bytesOf(await this.#ask('derive', ask), secretBytes)
    if (seed !== undefined) return seed
    throw new MailboxError('WALLET', `The wallet gave no ${secretBytes} bytes for a last-resort key.`)
  }

  /** One answer within its deadline. What comes after it is ignored. */
  async #ask(what: string, call: (asked: Asked) => Promise<unknown>, signal?: AbortSignal): Promise<unknown> {
    const late = new AbortController()
    const done = new AbortController()
    const asked = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal])
    const text = `The wallet did not ${what} within ${this.#answerMs} ms; unlock it and try again.`
    void this.#env.delay(this.#answerMs, done.signal).then(
      () => {
        late.abort(new MailboxError('WALLET', text))
      },
      () => undefined
    )
    try {
      return await Promise.race([ended(asked, done.signal), call({ signal: asked })])
    } catch (cause) {
      if (asked.aborted) throw endOf(asked)
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new MailboxError('WALLET', `The wallet refused to ${what} (${reason}).`, { cause })
    } finally {
      done.abort()
    }
  }
}

/** Rejects when `signal` aborts; left behind when `done` does. */
async function ended(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(endOf(signal))
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: done })
  })
}

function endOf(signal: AbortSignal): MailboxError {
  const { reason } = signal as { reason: unknown }
  return reason instanceof MailboxError
    ? reason
    : new MailboxError('ABORTED', 'Stopped by the caller.', { cause: reason })
}

/** A copy, of the given length where there is one. */
function bytesOf(given: unknown, length?: number): Uint8Array | undefined {
  if (!(given instanceof Uint8Array) || (length !== undefined && given.length !== length)) return undefined
  return new Uint8Array(given)
}
