/** What goes wrong, each until it is ended. A fault draws everything from the chance that it is given. */
import type { Chance } from './chance.ts'
import type { Rows } from './disk.ts'
import type { Lie } from './lies.ts'
import type { Machine } from './machine.ts'
import type { RelayNode } from './relay-node.ts'
import type { World } from './world.ts'

/** @returns what ends it */
export type Fault = (world: World, chance: Chance) => () => void

const nothing = (): void => undefined

function crash(world: World, machine: Machine): () => void {
  machine.crash()
  return () => {
    world.revive(machine)
  }
}

/** Power fails for several relays at once: what they have confirmed is on disk all the same. */
function crashSeveral(world: World, chance: Chance): () => void {
  const ends = chance
    .shuffled(world.relays)
    .slice(0, 2 + chance.below(world.relays.length - 1))
    .map(relay => crash(world, relay))
  return () => {
    for (const end of ends) end()
  }
}

function crashAtWrite(world: World, machine: Machine, chance: Chance): () => void {
  const spring = (): void => {
    machine.crash()
  }
  machine.disk.trap = { left: 1 + chance.below(8), when: chance.pick(['before', 'after']), spring }
  return () => {
    machine.disk.trap = undefined
    world.revive(machine)
  }
}

function restart(world: World, machine: Machine): () => void {
  if (!machine.up) return nothing
  world.launch(async () => {
    await machine.stop()
  })
  return () => {
    world.revive(machine)
  }
}

/** Parts the machines in two; `bridge` is on both sides. */
function partition(world: World, chance: Chance, bridge: Machine | undefined): () => void {
  const machines = chance.shuffled(world.machines.filter(machine => machine !== bridge)).map(({ address }) => address)
  const cut = 1 + chance.below(machines.length - 1)
  return world.links.part(machines.slice(0, cut), machines.slice(cut), chance.happens(0.5))
}

function loseOneWay(world: World, chance: Chance): () => void {
  const ids = chance.shuffled(world.machines).map(({ address }) => address.id)
  const cut = 1 + chance.below(ids.length - 1)
  const [from, to] = [new Set(ids.slice(0, cut)), new Set(ids.slice(cut))]
  return world.links.lose(flight => from.has(flight.from) && to.has(flight.to))
}

function loseSome(world: World, chance: Chance): () => void {
  const probability = chance.between(0.02, 0.4)
  return world.links.lose(() => chance.happens(probability))
}

type Fullness = 'refuses' | 'unknown'

function fillDisks(world: World, of: readonly Machine[], chance: Chance, how: readonly Fullness[]): () => void {
  const machines = chance.shuffled(of).slice(0, 1 + chance.below(of.length))
  for (const { disk } of machines) disk.full = chance.pick(how)
  const restarted = chance.happens(0.5)
  return () => {
    for (const machine of machines) {
      machine.disk.full = 'no'
      if (restarted) machine.crash()
      world.revive(machine)
    }
  }
}

function duplicate(world: World, chance: Chance): () => void {
  for (const relay of world.relays) relay.duplicated = chance.share()
  return () => {
    for (const relay of world.relays) relay.duplicated = 0
  }
}

function lie(world: World, chance: Chance, what: Lie): () => void {
  const { liar } = chance.pick(world.relays)
  liar.lie = what
  return () => {
    liar.lie = undefined
  }
}

function stepClocks(world: World, chance: Chance): () => void {
  for (const machine of world.machines) if (chance.happens(0.5)) machine.stepClock()
  return nothing
}

/** These must never cost a stored message, and need no repair for it. */
export const faults: Readonly<Record<string, Fault>> = {
  'relay crashes': (world, chance) => crash(world, chance.pick(world.relays)),
  'relay crashes at a write': (world, chance) => crashAtWrite(world, chance.pick(world.relays), chance),
  'relays crash together': crashSeveral,
  'relay restarts': (world, chance) => restart(world, chance.pick(world.relays)),
  'client crashes': (world, chance) => crash(world, chance.pick(world.clients)),
  'client crashes at a write': (world, chance) => crashAtWrite(world, chance.pick(world.clients), chance),
  'client restarts': (world, chance) => restart(world, chance.pick(world.clients)),
  'parted in two': (world, chance) => partition(world, chance, undefined),
  'parted but for a bridge': (world, chance) => partition(world, chance, chance.pick(world.relays)),
  'loss one way': loseOneWay,
  'loss by chance': loseSome,
  'full disks of relays': (world, chance) => fillDisks(world, world.relays, chance, ['refuses', 'unknown']),
  'full disks of clients': (world, chance) => fillDisks(world, world.clients, chance, ['refuses']),
  'requests arrive twice': duplicate,
  'clocks are set': stepClocks,
  'a relay forges receipts': (world, chance) => lie(world, chance, 'forges receipts'),
  'a relay shows old locators': (world, chance) => lie(world, chance, 'shows old locators')
}

/** What makes one relay as good as none, for at most W − 1 = 1 between two repairs; a client may lose nothing. */
export interface Loss {
  readonly name: string
  /** Without repair between relays, what the relay says then stays said. */
  readonly needsRepair: boolean
  /** @returns what ends it */
  readonly begin: (world: World, relay: RelayNode, backup: Rows | undefined) => () => void
}

export const losses: readonly Loss[] = [
  {
    name: 'disk lost',
    needsRepair: false,
    begin: (world, relay) => replaceDisk(world, relay, new Map())
  },
  {
    name: 'old backup restored',
    needsRepair: true,
    begin: (world, relay, backup) => replaceDisk(world, relay, backup ?? new Map())
  },
  {
    name: 'a relay withholds records',
    needsRepair: true,
    begin: (world, relay) => {
      expose(world, relay)
      relay.liar.lie = 'withholds records'
      return () => {
        relay.liar.lie = undefined
      }
    }
  }
]

function expose(world: World, relay: RelayNode): void {
  const kept = world.clients.filter(client => client.relays.has(relay.address.id))
  world.record({ type: 'exposed', mailboxes: kept.map(client => client.identity.address) })
}

function replaceDisk(world: World, relay: RelayNode, rows: Rows): () => void {
  expose(world, relay)
  relay.replaceDisk(rows)
  world.revive(relay)
  return nothing
}

export const faultNames: readonly string[] = [...Object.keys(faults), ...losses.map(({ name }) => name)]
