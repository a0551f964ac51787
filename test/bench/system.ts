/** What is measured: a system that takes messages and gives them back. The relay and the floor are two of them. */
export interface Work {
  readonly mailboxes: number
  /** Messages 0 … messages - 1 are measured. */
  readonly messages: number
  /**
   * Messages after those, in mailboxes after those: left and collected before the clock, so that what is measured is
   * compiled code, as in a process that has run for a while.
   */
  readonly warmMessages: number
  readonly warmMailboxes: number
}

/** The mailbox of message `i`. */
export function mailboxOf(work: Work, i: number): number {
  return i < work.messages ? i % work.mailboxes : work.mailboxes + (i % work.warmMailboxes)
}

export interface Sender {
  /** Resolves when message `i` is confirmed durable, with every proof of it checked. */
  deposit: (i: number) => Promise<void>
  close: () => Promise<void>
}

export interface Collector {
  /** Takes everything out of one mailbox and removes it there; resolves with the number of different messages. */
  drain: (mailbox: number) => Promise<number>
  close: () => Promise<void>
}

export interface System {
  /** Processes whose CPU, RSS and disk count as the system's. */
  readonly pids: readonly number[]
  readonly directories: readonly string[]
  /** Starts the processes on empty directories below `root`, and opens the mailboxes. */
  start: (root: string) => Promise<void>
  /** Ends the processes in order and starts them again on the same directories. */
  restart: () => Promise<void>
  stop: () => Promise<void>
  sender: (n: number) => Promise<Sender>
  collector: (n: number) => Promise<Collector>
}
