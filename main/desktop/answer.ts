import { type PageHost, replyWith } from '../page/reply.ts'
import { isOurs } from './origin.ts'

const host: PageHost = { kind: 'desktop', connect: "'none'" }

/** A request for another authority, or with another method than GET or HEAD, gets a 404. */
export async function answer(root: string, method: string, url: string): Promise<Response> {
  const path = method === 'GET' && isOurs(url) ? new URL(url).pathname : '/../'
  const { status, headers, body } = await replyWith(root, path, host)
  return new Response(body, { status, headers })
}
