import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { commandReference, commandsOf } from '../../config/commands.ts'
import { forms } from '../../src/cli/forms.ts'
import { isUsual } from '../../src/cli/group.ts'
import { readScenes, wordsOf } from '../helpers/transcript.ts'
import { files, json, root, text } from './tree.ts'

const transcripts = files('test/cli/transcripts/*.txt')
const typed = transcripts.flatMap(file =>
  readScenes(join(root, file)).flatMap(scene => scene.exchanges.map(({ command }) => wordsOf(command).slice(1)))
)
const commands = commandsOf()

/** The command that a line of a transcript reaches: the longest path it begins with, or the usual one of a group. */
function reached(words: readonly string[]): string | undefined {
  const paths = [...commands.keys()].filter(path => path === words.slice(0, path.split(' ').length).join(' '))
  const longest = paths.sort((a, b) => b.length - a.length)[0]
  if (longest !== undefined) return longest
  const [group = '', next = ''] = words
  const usual = [...commands].find(([path, command]) => isUsual(command) && path.startsWith(`${group} `))
  return next === '' || next.startsWith('-') ? usual?.[0] : undefined
}

test('COMMANDS.md is what the command line gives', () => {
  assert.equal(text('COMMANDS.md'), commandReference(), 'run "npm run generate:commands"')
})

test('COMMANDS.md is published with the package', () => {
  assert.ok((json('package.json') as { files: string[] }).files.includes('COMMANDS.md'))
})

test('every command has a transcript', () => {
  const shown = new Set(typed.map(reached))
  assert.deepEqual(
    [...commands.keys()].filter(path => !shown.has(path)),
    []
  )
})

test('every transcript is performed by a test', () => {
  const tests = files('test/cli/*.test.ts').map(text).join('\n')
  assert.deepEqual(
    transcripts.filter(file => !tests.includes(`'${basename(file)}'`)),
    []
  )
})

test('every form of JSON that a transcript shows is in the table of forms', () => {
  const types = transcripts.flatMap(file =>
    [...text(file).matchAll(/^> \{"type":"([\w-]+)"/gm)].map(([, type]) => type)
  )
  assert.ok(types.length > 10)
  assert.deepEqual(
    types.filter(type => type === undefined || !(type in forms)),
    []
  )
})

test('no command and no option is without a description', () => {
  const silent = [...commands].flatMap(([path, command]) => [
    ...(command.description() === '' ? [path] : []),
    ...command.options.filter(option => option.description === '').map(option => `${path} ${option.flags}`),
    ...command.registeredArguments
      .filter(argument => argument.description === '')
      .map(argument => `${path} ${argument.name()}`)
  ])
  assert.deepEqual(silent, [])
})
