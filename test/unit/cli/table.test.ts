import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Io } from '../../../src/cli/io.ts'
import { addressText, idText, printTable } from '../../../src/cli/table.ts'

interface Terminal {
  readonly io: Io
  readonly written: () => Promise<string>
}

function terminal(isTTY: boolean): Terminal {
  const stdout = Object.assign(new PassThrough(), { isTTY })
  const io = { stdin: Readable.from([]), stdout, stderr: new PassThrough(), variables: {}, signal: AbortSignal.abort() }
  return {
    io,
    written: async () => {
      stdout.end()
      return await text(stdout)
    }
  }
}

const columns = [
  { head: 'NAME', cell: (row: readonly string[]) => row[0] ?? '', widthMax: 6 },
  { head: 'SAYS', cell: (row: readonly string[]) => row[1] ?? '' }
]

test('a table is aligned by what characters take on a screen', async () => {
  const { io, written } = terminal(false)
  printTable(
    io,
    [
      ['漢字', 'a'],
      ['ab', 'b']
    ],
    columns
  )
  assert.equal(await written(), 'NAME  SAYS\n漢字  a\nab    b\n')
})

test('a cell that is too wide is shortened on a terminal and whole in a pipe', async () => {
  for (const [tty, wanted] of [
    [true, 'Alexa…'],
    [false, 'Alexandra']
  ] as const) {
    const { io, written } = terminal(tty)
    printTable(io, [['Alexandra', 'hello']], columns)
    assert.match(await written(), new RegExp(`^${wanted} +hello$`, 'm'))
  }
})

test('what a stranger wrote stays in its cell', async () => {
  const { io, written } = terminal(true)
  printTable(io, [['a', '\u001b[2J\nNAME  SAYS\nBob   \u202epay me']], columns)
  assert.equal(await written(), 'NAME  SAYS\na     \\u{1b}[2J\\u{a}NAME  SAYS\\u{a}Bob   \\u{202e}pay me\n')
})

test('ids and addresses are short on a terminal and whole in a pipe', () => {
  const address = `bbaareia${'a'.repeat(51)}`
  const id = '0123456789abcdef'.repeat(4)
  assert.deepEqual([idText(terminal(true).io, id), idText(terminal(false).io, id)], [id.slice(0, 12), id])
  assert.deepEqual(
    [addressText(terminal(true).io, address), addressText(terminal(false).io, address)],
    ['bbaareiaaa…aaaaaa', address]
  )
})
