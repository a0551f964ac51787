/**
 * Health and metrics over HTTP, meant for loopback: no authentication, nothing that changes anything, no request body.
 *
 *   GET /health/live    200 while the process answers
 *   GET /health/ready   200 when the relay takes requests; 503 while it starts or stops, or after its store failed; in
 *                       the answer, whether it is leaving, how many mailboxes list it, and what to see to
 *   GET /metrics        Prometheus exposition format
 */
import { fastify } from 'fastify'
import { MailboxError } from '../errors.ts'
import { adminHeaderBytesMax, adminTimeoutMs } from '../limits.ts'
import type { DiskLevel } from '../relay/options.ts'
import type { Metrics } from './metrics.ts'

export type Phase = 'starting' | 'ready' | 'stopping' | 'failed'

/** What an operator should see to. */
export type Trouble = 'disk_nearly_full' | 'store_failed'

/** What `/health/ready` says besides. */
export interface Standing {
  readonly phase: Phase
  /** Peer id text; undefined while it starts. */
  readonly id: string | undefined
  /** True: it is leaving (SPEC §8.10). */
  readonly draining: boolean
  /** Mailboxes whose owners list this relay. */
  readonly listing: number
  readonly disk: DiskLevel
  readonly trouble: readonly Trouble[]
}

export interface Admin {
  /** http://HOST:PORT, the port that was bound. */
  readonly url: string
  close: () => Promise<void>
}

/**
 * @param at `host:port`; port 0 takes a free one
 * @throws MailboxError CONFIG when the address cannot be listened on
 */
export async function startAdmin(at: string, o: { standing: () => Standing; metrics: Metrics }): Promise<Admin> {
  const app = fastify({
    logger: false,
    // addresses in forwarded headers are the sender's invention
    trustProxy: false,
    bodyLimit: 1,
    connectionTimeout: adminTimeoutMs,
    requestTimeout: adminTimeoutMs,
    keepAliveTimeout: adminTimeoutMs,
    forceCloseConnections: true,
    http: { headersTimeout: adminTimeoutMs, maxHeaderSize: adminHeaderBytesMax }
  })
  app.get('/health/live', async () => ({ live: true }))
  app.get('/health/ready', async (_request, reply) => {
    const { trouble, ...standing } = o.standing()
    const ready = standing.phase === 'ready'
    const answer = { ready, ...standing, ...(trouble.length === 0 ? {} : { trouble }) }
    return await reply.code(ready ? 200 : 503).send(answer)
  })
  app.get('/metrics', async (_request, reply) => await reply.type(o.metrics.contentType).send(await o.metrics.render()))
  app.setNotFoundHandler(async (_request, reply) => await reply.code(404).send({ error: 'not found' }))
  // the text of an error stays here
  app.setErrorHandler(async (_error, _request, reply) => await reply.code(500).send({ error: 'failed' }))

  const colon = at.lastIndexOf(':')
  const host = at.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  try {
    return {
      url: await app.listen({ host, port: Number(at.slice(colon + 1)) }),
      close: async () => {
        await app.close()
      }
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new MailboxError('CONFIG', `admin: cannot listen on ${at} (${reason}); name another HOST:PORT, or off.`, {
      cause
    })
  }
}
