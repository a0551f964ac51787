/** The tree of commands. */
import { Command } from 'commander'
import { versionOf } from '../daemon/version.ts'
import { addChat } from './chat.ts'
import { addCompletion } from './completion.ts'
import { addContacts } from './contacts.ts'
import { addConversation } from './conversation.ts'
import { addDemo } from './demo.ts'
import { addGates } from './gates.ts'
import { addId } from './id.ts'
import { addInbox } from './inbox/commands.ts'
import { addAccept, addInvite } from './invite.ts'
import type { Io } from './io.ts'
import { addOutbox } from './outbox/commands.ts'
import { addRegister } from './register.ts'
import { addRelay } from './relay.ts'
import { addRelays } from './relays.ts'
import { addRelayStore } from './relay-store.ts'
import { addRequests } from './requests.ts'
import { addSend } from './send.ts'
import { addSent } from './sent.ts'
import { addStatus } from './status.ts'

const examples = `
Examples:
  mailbox demo                                   see everything at work on this machine
  mailbox relay --listen /ip4/0.0.0.0/tcp/4501   run a relay
  mailbox id new                                 make an identity, print its address
  mailbox register --bootstrap MULTIADDR         open a mailbox
  mailbox send ADDRESS "hello"                   leave a message
  mailbox inbox watch --json                     collect messages as they come

Data goes to stdout, everything else to stderr. Every command, its JSON and the exit codes: COMMANDS.md.`

export function createProgram(io: Io): Command {
  const program = new Command('mailbox')
  program
    .description('Leave messages for people who are offline, on relays that cannot read them.')
    .version(versionOf())
    .addHelpText('after', examples)
    // what comes after a command is the command's, also where both have an option of that name
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: text => {
        io.stdout.write(text)
      },
      writeErr: text => {
        io.stderr.write(text)
      },
      // errors are said once, by failure.ts
      outputError: () => undefined
    })
  addRelayStore(addRelay(program, io), io)
  addId(program, io)
  addRegister(program, io)
  addRelays(program, io)
  addSend(program, io)
  addInbox(program, io)
  addSent(program, io)
  addOutbox(program, io)
  addConversation(program, io)
  addChat(program, io)
  addContacts(program, io)
  addRequests(program, io)
  addGates(program, io)
  addInvite(program, io)
  addAccept(program, io)
  addStatus(program, io)
  addDemo(program, io)
  addCompletion(program, io)
  return program
}
