/**
 * The floor: the least that leaving and collecting can cost in this language on this machine. One process, plain TCP
 * or TLS 1.3, LevelDB with group commit and fsync before every answer. No identity, no sealing, no receipts.
 *
 * Frame: u32be length ‖ u8 op ‖ u32be request id ‖ u32be mailbox ‖ body; the answer repeats op, id and mailbox.
 *   DEPOSIT  message                      → empty
 *   PULL     u64be after                  → u8 more ‖ (u64be seq ‖ u32be bytes ‖ message)*, at most one page
 *   REMOVE   (u64be seq)*                 → empty
 * Used as: node floor.ts DIRECTORY [KEY.pem CERT.pem]; prints its port on one line.
 */
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { argv, stdout } from 'node:process'
import { createServer as createTlsServer } from 'node:tls'
import { ClassicLevel } from 'classic-level'
import { pullBytesMax, pullRecordsMax } from '../../src/limits.ts'
import { FloorReader, floorFrame, floorOps } from './floor-frame.ts'

type Operation = { type: 'put'; key: Buffer; value: Buffer } | { type: 'del'; key: Buffer }

const [, , directory = '', keyFile, certFile] = argv
const database = new ClassicLevel<Buffer, Buffer>(directory, {
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
  compression: false
})
await database.open()
let seq = 0n
for await (const key of database.keys()) {
  const held = key.readBigUInt64BE(4)
  if (held > seq) seq = held
}

/** Writes waiting for the disk; bounded by the clients, each of which has few requests in flight. */
let waiting: { operations: Operation[]; done: () => void }[] = []
let committing = false

function commit(operations: Operation[], done: () => void): void {
  waiting.push({ operations, done })
  if (!committing) {
    committing = true
    setImmediate(() => void commitAll())
  }
}

async function commitAll(): Promise<void> {
  while (waiting.length > 0) {
    const group = waiting
    waiting = []
    await database.batch(
      group.flatMap(entry => entry.operations),
      { sync: true }
    )
    for (const entry of group) entry.done()
  }
  committing = false
}

function keyOf(mailbox: number, at: bigint): Buffer {
  const key = Buffer.allocUnsafe(12)
  key.writeUInt32BE(mailbox, 0)
  key.writeBigUInt64BE(at, 4)
  return key
}

async function page(mailbox: number, after: bigint): Promise<Buffer[]> {
  const parts: Buffer[] = [Buffer.from([0])]
  const iterator = database.iterator({
    gt: keyOf(mailbox, after),
    lt: keyOf(mailbox + 1, 0n),
    limit: pullRecordsMax + 1,
    highWaterMarkBytes: pullBytesMax
  })
  let bytes = 0
  let records = 0
  try {
    for (let entries = await iterator.nextv(64); entries.length > 0; entries = await iterator.nextv(64)) {
      for (const [key, message] of entries) {
        if (records > 0 && (records === pullRecordsMax || bytes + message.byteLength > pullBytesMax)) {
          parts[0] = Buffer.from([1])
          return parts
        }
        const head = Buffer.allocUnsafe(12)
        key.copy(head, 0, 4)
        head.writeUInt32BE(message.byteLength, 8)
        parts.push(head, message)
        bytes += message.byteLength
        records++
      }
    }
  } finally {
    await iterator.close()
  }
  return parts
}

function serve(socket: Socket): void {
  const reader = new FloorReader(({ op, request, mailbox, body }) => {
    const answer = (parts: Buffer[]): void => {
      if (socket.destroyed) return
      socket.cork()
      socket.write(floorFrame(op, request, mailbox, Buffer.concat(parts)))
      process.nextTick(() => {
        socket.uncork()
      })
    }
    if (op === floorOps.deposit) {
      commit([{ type: 'put', key: keyOf(mailbox, ++seq), value: Buffer.from(body) }], () => {
        answer([])
      })
    } else if (op === floorOps.pull) {
      void page(mailbox, body.readBigUInt64BE(0)).then(answer)
    } else {
      const operations: Operation[] = []
      for (let at = 0; at < body.byteLength; at += 8) {
        operations.push({ type: 'del', key: keyOf(mailbox, body.readBigUInt64BE(at)) })
      }
      commit(operations, () => {
        answer([])
      })
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('data', chunk => {
    reader.push(chunk)
  })
}

const server =
  keyFile === undefined || certFile === undefined
    ? createServer({ noDelay: true }, serve)
    : createTlsServer(
        { key: readFileSync(keyFile), cert: readFileSync(certFile), minVersion: 'TLSv1.3', noDelay: true },
        serve
      )
server.listen(0, '127.0.0.1', () => {
  stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => {
  void database.close().then(() => process.exit(0))
})
