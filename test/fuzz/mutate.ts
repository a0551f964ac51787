/** Changes to an input: of its bytes whatever they mean, and of its fields where it reads as a protobuf message. */
import type { Chance } from './chance.ts'

/** Inputs grow to this at most; what is larger is what a check of a length refuses first. */
export const inputBytesMax = 8_192

/** Lengths, hours, counts and versions at which something changes. */
const numbers = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  15,
  16,
  17,
  31,
  32,
  33,
  37,
  63,
  64,
  65,
  100,
  127,
  128,
  129,
  255,
  256,
  257,
  719,
  720,
  721,
  1_023,
  1_024,
  1_025,
  4_096,
  16_383,
  16_384,
  65_535,
  65_536,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
  0x1_0000_0000,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64 - 2_048
]

/** A changed copy of `input`; what comes before `from` is changed seldom. `other` is another input to take from. */
export function mutated(input: Uint8Array, other: Uint8Array, chance: Chance, from: number): Uint8Array {
  if (from > 0 && chance.once(12)) return changedBytes(input, other, chance)
  const head = input.subarray(0, from)
  let body = input.subarray(from)
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const fields = chance.once(3) ? undefined : fieldsOf(body)
    body =
      fields === undefined
        ? changedBytes(body, other.subarray(from), chance)
        : writtenFields(changedFields(fields, fieldsOf(other.subarray(from)) ?? [], chance))
  }
  return joined([head, body]).slice(0, inputBytesMax)
}

/** One change of bytes. */
export function changedBytes(bytes: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (chance.below(9)) {
    case 0: // a bit
      return joined([before, after.map((byte, n) => (n === 0 ? byte ^ (1 << chance.below(8)) : byte))])
    case 1: // a byte
      return joined([before, after.length === 0 ? chance.bytes(1) : after.with(0, chance.below(256))])
    case 2: // bytes that are new
      return joined([before, chance.bytes(1 + chance.below(8)), after])
    case 3: // fewer bytes
      return joined([before, after.subarray(Math.min(after.length, 1 + chance.below(16)))])
    case 4: // the end is lost
      return before.slice()
    case 5: {
      // a number that matters, in four bytes or two
      const value = chance.of(numbers)
      const width = chance.of([1, 2, 4])
      return joined([before, bigEndian(value, width), after.subarray(Math.min(after.length, width))])
    }
    case 6: {
      // a piece of another input
      const start = chance.below(other.length + 1)
      return joined([before, other.subarray(start, start + chance.below(64)), after])
    }
    case 7: {
      // a piece once more
      const start = chance.below(bytes.length + 1)
      return joined([before, bytes.subarray(start, start + 1 + chance.below(32)), after])
    }
    default: // one byte many times
      return joined([
        before,
        new Uint8Array(chance.of([1, 8, 32, 200])).fill(chance.of([0, 1, 0x7f, 0x80, 0xff])),
        after
      ])
  }
}

interface Field {
  readonly number: number
  readonly wire: number
  /** Of wire type 0. */
  readonly value: bigint
  /** Of the other wire types. */
  readonly bytes: Uint8Array
}

const fixedBytes = new Map([
  [1, 8],
  [5, 4]
])

/** The fields of a protobuf message; undefined when these bytes are none, or none worth the name. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    return undefined
  }
  while (at < bytes.length) {
    const tag = varint()
    if (tag === undefined || tag < 8n || tag >> 3n > 64n) return undefined
    const [number, wire] = [Number(tag >> 3n), Number(tag & 7n)]
    if (wire === 0) {
      const value = varint()
      if (value === undefined) return undefined
      fields.push({ number, wire, value, bytes: new Uint8Array(0) })
      continue
    }
    const length = wire === 2 ? varint() : fixedBytes.get(wire)
    if (length === undefined || Number(length) > bytes.length - at) return undefined
    fields.push({ number, wire, value: 0n, bytes: bytes.subarray(at, at + Number(length)) })
    at += Number(length)
  }
  return fields.length === 0 ? undefined : fields
}

function changedFields(fields: readonly Field[], others: readonly Field[], chance: Chance): Field[] {
  if (fields.length === 0) return [anyField(chance)]
  const at = chance.below(fields.length)
  const field = fields[at] as Field
  switch (chance.below(8)) {
    case 0:
      return fields.toSpliced(at, 1)
    case 1: // what occurs once, many times
      return fields.toSpliced(at, 0, ...Array.from({ length: chance.of([1, 2, 8, 70]) }, () => field))
    case 2:
      return fields.toSpliced(
        chance.below(fields.length),
        0,
        others.length === 0 ? anyField(chance) : chance.of(others)
      )
    case 3:
      return fields.toSpliced(at, 1, { ...field, number: 1 + chance.below(16) })
    case 4:
      return fields.toSpliced(at, 1, anyField(chance))
    default:
      return fields.toSpliced(at, 1, changedField(field, others, chance))
  }
}

function changedField(field: Field, others: readonly Field[], chance: Chance): Field {
  if (field.wire === 0) {
    const near = BigInt(chance.below(5) - 2)
    const value = chance.once(2) ? BigInt(chance.of(numbers)) : BigInt.asUintN(64, field.value + near)
    return { ...field, value }
  }
  const inside = chance.once(4) ? undefined : fieldsOf(field.bytes)
  if (inside !== undefined) return { ...field, bytes: writtenFields(changedFields(inside, others, chance)) }
  const like = others.find(other => other.wire === 2 && other.number === field.number)
  if (like !== undefined && chance.once(3)) return { ...field, bytes: like.bytes }
  return { ...field, bytes: changedBytes(field.bytes, like?.bytes ?? field.bytes, chance) }
}

function anyField(chance: Chance): Field {
  const wire = chance.of([0, 0, 2, 2, 1, 5])
  const length = wire === 2 ? chance.of([0, 1, 8, 16, 32, 64]) : (fixedBytes.get(wire) ?? 0)
  return { number: 1 + chance.below(16), wire, value: BigInt(chance.of(numbers)), bytes: chance.bytes(length) }
}

function writtenFields(fields: readonly Field[]): Uint8Array {
  return joined(
    fields.flatMap(({ number, wire, value, bytes }) => {
      const tag = varintBytes((BigInt(number) << 3n) | BigInt(wire))
      if (wire === 0) return [tag, varintBytes(value)]
      return wire === 2 ? [tag, varintBytes(BigInt(bytes.length)), bytes] : [tag, bytes]
    })
  )
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Uint8Array.from([...bytes, Number(rest)])
}

function bigEndian(value: number, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, n) => Math.floor(value / 256 ** (width - 1 - n)) % 256)
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
