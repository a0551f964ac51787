import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutants } from '../mutants/mutants.ts'
import { text } from './tree.ts'

for (const { name, edits, killer } of mutants) {
  test(`the mutant "${name}" still changes what it names, and the test that kills it is there`, () => {
    for (const { file, find, replace } of edits) {
      assert.equal(text(file).split(find).length, 2, `${file} has "${find}" once`)
      assert.notEqual(find, replace)
    }
    // the contract's tests are in src/testing, named by the file that runs them
    const source = killer.file.startsWith('test/contract/') ? 'src/testing/store-contract.ts' : killer.file
    assert.ok(text(source).includes(killer.test), `${source} has the test "${killer.test}"`)
  })
}
