/** What of src reads bytes and texts, as its source says, and what of the protocols is called, as messages.proto says. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stepsOf } from './steps.ts'

const root = join(import.meta.dirname, '..', '..')
const reading = /^export (?:async )?function ((?:decode|parse|open|peek|recall|read|unpad|verify|check(?:ed)?)\w*)/gm

/** Exported functions of src that are named as readers are, as `file name`. */
export function decoders(): string[] {
  const files = globSync('src/**/*.ts', { cwd: root }).filter(file => !/\.browser\.ts$|\.d\.ts$|^src\/cli\//.test(file))
  return files.flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(reading)].map(([, name = '']) => `${file} ${name}`)
  })
}

/** Readers that no target runs, and why. */
export const notFuzzed: Readonly<Record<string, string>> = {
  'src/identity/keys.ts recallIdentityKey': 'a key of our own store, which was checked when it was stored',
  'src/daemon/file.ts readSecret': 'a file of the operator alone, given on as it is',
  'src/daemon/directory.ts openDirectory': 'a folder of the operator alone',
  'src/daemon/directory.ts openStore': 'opens what `rows` changes',
  'src/daemon/upkeep.ts verifyStore': 'a survey of what `rows` changes',
  'src/client/listing.ts checkedLimit': "a number of the caller's",
  'src/client/content.ts checkSubject': "a text of the caller's"
}

const protoOf = (): string => readFileSync(join(root, 'src/wire/messages.proto'), 'utf8')

/** `Request.call` of each call that a protocol has. */
export function callsOf(): string[] {
  return [...protoOf().matchAll(/^message (\w+Request) \{\s*oneof call \{([^}]*)\}/gm)].flatMap(
    ([, name, calls = '']) => [...calls.matchAll(/^\s*\w+ (\w+) = \d+;/gm)].map(([, call]) => `${name}.${call}`)
  )
}

const requests = ['LocatorRequest', 'DepositRequest', 'OwnerRequest', 'SyncRequest'] as const

/** Those that are made by inputs of the handlers: of raw steps, which are named by the number of their protocol. */
export async function callsMade(inputs: readonly Uint8Array[]): Promise<Set<string>> {
  const messages = await import('../../src/wire/messages.js')
  const made = new Set<string>()
  for (const { op, data } of inputs.flatMap(stepsOf)) {
    const name = requests[op]
    if (name === undefined) continue
    for (const call of callsIn(messages[name], data)) made.add(`${name}.${call}`)
  }
  return made
}

function callsIn(codec: { readonly decode: (bytes: Uint8Array) => object }, data: Uint8Array): string[] {
  try {
    return Object.keys(codec.decode(data))
  } catch {
    // an input need not be a request
    return []
  }
}
