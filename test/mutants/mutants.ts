/**
 * Programs that break one promise each, by one small change, and the test that must notice. What `find` names is in its
 * file exactly once, else the mutant is no longer one: a test of the repository checks it.
 */
export interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** File of the suite, and the name of the test in it, that fail. */
  readonly killer: { readonly file: string; readonly test: string }
}

const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace })
const relay = (file: string): string => `src/relay/${file}`
const client = (file: string): string => `src/client/${file}`
const contract = (test: string): Mutant['killer'] => ({ file: 'test/contract/relay-store.test.ts', test })
const unit = (file: string, test: string): Mutant['killer'] => ({ file: `test/unit/${file}.test.ts`, test })

export const mutants: readonly Mutant[] = [
  {
    name: 'sync off',
    edits: [edit(relay('database.ts'), 'sync: true })', 'sync: false })')],
    killer: unit('relay/writer', 'G1: every batch is written with sync')
  },
  {
    name: 'receipt before fsync',
    edits: [edit(relay('writer.ts'), 'await this.#rows.write([...staged', 'void this.#rows.write([...staged')],
    killer: unit('relay/writer', 'nobody is answered before the batch is written')
  },
  {
    name: 'tombstone skipped in repair',
    edits: [edit(relay('merge.ts'), 'await this.#tombstone(mailbox, value)', 'return')],
    killer: unit(
      'relay/repair',
      'G5: a tombstone that one relay has wins over copies elsewhere, and over a copy that comes late'
    )
  },
  {
    name: 'dedup forgotten',
    edits: [
      edit(client('intake.ts'), 'seen[at] === undefined && here[at] === undefined', 'seen[at] !== null'),
      edit(client('intake.ts'), 'const again = before !== undefined', 'const again = false')
    ],
    killer: unit('client/pull', 'G4: the same messages from three relays, in pages of two, arrive once each')
  },
  {
    name: 'dedup of a message sealed twice forgotten',
    edits: [edit(client('intake.ts'), 'const again = before !== undefined', 'const again = false')],
    killer: unit(
      'client/ack',
      'a message that its sender sealed twice is delivered once, and both records are taken off'
    )
  },
  {
    name: 'storage error mapped to empty',
    edits: [
      edit(
        relay('pages.ts'),
        'const entries = await cursor.nextv(want)',
        'const entries = await cursor.nextv(want).catch((): Array<[Uint8Array, Uint8Array]> => [])'
      )
    ],
    killer: unit('relay/owner', 'G11: what cannot be read is UNAVAILABLE, never an empty page')
  },
  {
    name: 'standby never hands over',
    edits: [edit(relay('replicas.ts'), "else if (own !== 'active') this", 'else if (own === undefined) this')],
    killer: unit('relay/repair', 'a standby gives what it took to the active relays, and is given no records')
  },
  {
    name: 'records collected one hour early',
    edits: [edit(relay('store.ts'), 'u32(nowHour)).gte', 'u32(nowHour + 1)).gte')],
    killer: contract('a record is neither served nor kept once its expiry hour has come')
  },
  {
    name: 'ids and tombstones collected one hour early',
    edits: [
      edit(
        relay('operations.ts'),
        'Math.max(input.dropAfterHour, known?.expiresHour ?? 0) + 2 * clockSkewHours',
        'Math.max(input.dropAfterHour, known?.expiresHour ?? 0) + 2 * clockSkewHours - 1'
      )
    ],
    killer: contract('an id is forgotten two hours after its tombstone may go, and the tombstone with it')
  },
  {
    name: 'W counted with a duplicate relay',
    edits: [
      edit(
        client('depositor.ts'),
        'this.#receipts.set(facts.relay, encoded)',
        'this.#receipts.set(this.#receipts.has(facts.relay) ? `${facts.relay} again` : facts.relay, encoded)'
      ),
      edit(
        client('depositor.ts'),
        'return this.#listed.filter(relay => this.#receipts.has(relay.id)).length >= writeQuorum',
        'return this.#receipts.size >= writeQuorum'
      )
    ],
    killer: unit(
      'client/send',
      'receipts for another record, of an unlisted relay, twice from one relay, or too short do not count'
    )
  },
  {
    name: 'complete is said one relay early',
    edits: [edit(client('registration.ts'), 'relays.length - writeQuorum + 1', 'relays.length - writeQuorum')],
    killer: unit('client/pull', 'G3: complete is said from L - W + 1 drained relays on, and not below')
  },
  {
    name: 'an expired record is served until it is swept',
    edits: [edit(relay('pages.ts'), 'readU32(value) <= limits.nowHour', 'readU32(value) < limits.nowHour')],
    killer: contract('a record is neither served nor kept once its expiry hour has come')
  },
  {
    name: 'a cursor of another store is honoured',
    edits: [edit(relay('store.ts'), 'if (!honours(this.#runs, cursor))', 'if (this.#runs.length === 0)')],
    killer: unit(
      'relay/owner',
      'a cursor of another store is CURSOR, and a mark leaves what is acked to be pulled again'
    )
  },
  {
    name: 'an older locator replaces a newer one',
    edits: [edit('src/identity/locator.ts', ': a.seq > b.seq', ': a.seq !== b.seq')],
    killer: unit(
      'relay/owner',
      'G8: REGISTER and CONFIG with an older locator are MOVED, with the newer one, which stays'
    )
  },
  {
    name: 'a deposit without an answer is not unknown',
    edits: [edit(client('depositor.ts'), "this.#unsure ||= !isMailboxError(error, 'BUSY')", 'this.#unsure ||= false')],
    killer: unit('client/send', 'G11: an answer that never comes is unknown after the deadline')
  },
  {
    name: 'repair takes what a deposit would refuse',
    edits: [
      edit(
        relay('merge.ts'),
        'const claim = claimOf({ record, header: facts, proof: shown, bundle, nowHour, replicas }, limits)',
        "const open = { ...bundle, strangers: 'open' } as const\n    const claim = claimOf({ record, header: facts, proof: shown, bundle: open, nowHour, replicas }, limits)"
      )
    ],
    killer: unit('relay/repair', 'a replica cannot bring in what a deposit would refuse')
  },
  {
    name: 'repair does not check what a gate has signed',
    edits: [edit(relay('admission.ts'), 'if (!isSigned) throw', 'if (!isSigned && !o.repair) throw')],
    killer: unit(
      'relay/admission-repair',
      'G10: a replica cannot bring in a record without a proof that a deposit would have taken'
    )
  },
  {
    name: 'strangers take what contacts may leave',
    edits: [
      edit(
        relay('lanes.ts'),
        'count.records - count.strangers.records + 1 > room.records',
        'count.records + 1 > room.records'
      )
    ],
    killer: unit(
      'relay/admission',
      'G10: strangers who fill their lane take nothing of what contacts may leave, and acks make it free again'
    )
  },
  {
    name: 'a counter is not kept when a message leaves a list',
    edits: [
      edit(
        client('change.ts'),
        '(this.#counts.get(list) ?? 0) + by)',
        '(this.#counts.get(list) ?? 0) + Math.max(0, by))'
      )
    ],
    killer: unit(
      'client/lists',
      'read, unread and delete change lists and counters together, and a second time nothing'
    )
  },
  {
    name: 'a message that is read stays in the list of unread ones',
    edits: [
      edit(client('lists.ts'), "readMs === undefined ? 'unread' : 'read'", "readMs === undefined ? 'unread' : 'unread'")
    ],
    killer: unit(
      'client/lists',
      'read, unread and delete change lists and counters together, and a second time nothing'
    )
  },
  {
    name: 'seek leaves out the message that it names',
    edits: [edit(client('listing.ts'), 'Math.min(until, seek)', 'Math.min(until, seek - 1)')],
    killer: unit(
      'client/lists',
      'textile 8.2: ListInboxMessages with seek gives ten messages in five pages of two, newest first, none twice'
    )
  },
  {
    name: 'a delete forgets that the relays are to drop the record',
    edits: [edit(client('acks.ts'), '...remember(this.#init.store, recordKey(id), { expiresHour, acked: true }),', '')],
    killer: unit(
      'client/lists',
      'G5: a deleted message does not come back from a relay that still has it, nor by a new copy of its record'
    )
  },
  {
    name: 'a change of the lists is more than one batch',
    edits: [
      edit(
        client('ledger.ts'),
        'await store.commit(await change.operations())',
        'for (const operation of await change.operations()) await store.commit([operation])'
      )
    ],
    killer: {
      file: 'test/property/lists.test.ts',
      test: 'a process that dies at any batch of read, unread or delete leaves all of it or nothing, and books that are right'
    }
  },
  {
    name: 'the token of an invitation is accepted twice',
    edits: [edit(client('invitations.ts'), 'row.usedBy !== undefined || ', '')],
    killer: unit(
      'client/invitations',
      'two who use one invitation, in one page: the first is a contact, the other a stranger'
    )
  },
  {
    name: 'a request for which there is no room is lost',
    edits: [edit(client('standing.ts'), "return 'wait'", "return 'drop'")],
    killer: unit(
      'client/requests',
      'requests over the limit stay on the relays and are said with QUOTA; with room they arrive'
    )
  },
  {
    name: 'a retry seals the message again',
    edits: [
      edit(client('queue.ts'), '      drafts.del(handle),\n', ''),
      edit(client('attempts.ts'), 'isSealed(place) ?', '(place.row.handle === undefined && isSealed(place)) ?'),
      edit(client('attempts.ts'), 'queue.draft(place.id)', 'queue.draft(place.key)')
    ],
    killer: unit(
      'client/send',
      'G11: a deposit that is aborted is unknown, and the retry sends identical bytes and stores one record'
    )
  },
  {
    name: 'messages that end at one time are kept without bound',
    edits: [
      edit(
        client('attempts.ts'),
        'this.#finished.size > outboxFinishedMax',
        'this.#finished.size > outboxFinishedMax && this.#turns.size === 1'
      )
    ],
    killer: unit(
      'client/attempts',
      'of messages that failed or expired only so many are kept, also when several end at one time'
    )
  },
  {
    name: 'what does not open is taken off the relays whatever became of its key',
    edits: [
      edit(
        client('intake.ts'),
        "error.code !== 'VERSION' && (await this.#opensItsOwn(decodeHeader(header)))",
        "error.code !== 'VERSION'"
      )
    ],
    killer: unit('client/pull', 'with a secret that was damaged on this disk nothing is taken off the relays')
  }
]
