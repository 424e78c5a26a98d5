import { chmod } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { z } from 'zod'
import { BedProblem } from './bed-problem.ts'
import type { Kept } from './keep.ts'

/** What can be asked of a bed from another process. */
export const Asked = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('stopApiServer') }),
  z.strictObject({ verb: z.literal('startApiServer') }),
  z.strictObject({
    verb: z.literal('importImages'),
    images: z.array(
      z.strictObject({
        tag: z.string(),
        files: z.array(
          z.strictObject({
            path: z.string(),
            source: z.string().optional(),
            text: z.string().optional(),
            link: z.string().optional(),
            mode: z.number().optional(),
          }),
        ),
        entrypoint: z.array(z.string()).optional(),
        environment: z.array(z.string()).optional(),
      }),
    ),
  }),
  z.strictObject({ verb: z.literal('addSimulatedNodes'), count: z.number().int().positive() }),
  z.strictObject({ verb: z.literal('addHostNames'), names: z.record(z.string(), z.string()) }),
  z.strictObject({ verb: z.literal('down') }),
])
export type Asked = z.infer<typeof Asked>

const Answer = z.union([z.strictObject({ ok: z.unknown() }), z.strictObject({ problem: z.string() })])

/** A socket's path has little room in the kernel's structure (unix(7): 108 bytes; macOS: 104). */
const longestSocketPath = 103

/** On Windows a pipe's name, elsewhere the file itself. */
const addressOf = (socket: string): string =>
  process.platform === 'win32' ? `\\\\.\\pipe\\${socket.replaceAll(/[\\/:]/g, '-')}` : socket

export const checkSocketPath = (socket: string): void => {
  if (Buffer.byteLength(socket) > longestSocketPath)
    throw new BedProblem(`The path ${socket} is too long for a socket.`, 'Set HANGAR_CACHE to a shorter folder.')
}

const answer = (kept: Kept, asked: Asked, signal: AbortSignal): Promise<unknown> => {
  switch (asked.verb) {
    case 'stopApiServer':
      return kept.stopApiServer()
    case 'startApiServer':
      return kept.startApiServer(signal)
    case 'importImages':
      return kept.importImages(asked.images, signal)
    case 'addSimulatedNodes':
      return kept.addSimulatedNodes(asked.count, signal)
    case 'addHostNames':
      return kept.addHostNames(asked.names, signal)
    case 'down':
      return kept.down(signal)
  }
}

/** Answers, in the keeper, what other processes ask; `onDown` once the bed is down and that was answered. */
export const serveControl = async (socket: string, kept: Kept, onDown: () => void): Promise<Server> => {
  const server = createServer(async (incoming, response) => {
    // Who hangs up has lost interest, save in the end, which is finished once begun.
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    let result: z.infer<typeof Answer>
    let down = false
    try {
      const asked = Asked.parse(JSON.parse(Buffer.concat(parts).toString('utf8')))
      down = asked.verb === 'down'
      result = { ok: (await answer(kept, asked, down ? AbortSignal.timeout(60_000) : gone.signal)) ?? null }
    } catch (error) {
      result = { problem: error instanceof Error ? error.message : String(error) }
    }
    response.end(JSON.stringify(result), () => {
      if (down && 'ok' in result) onDown()
    })
  })
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(addressOf(socket), resolve)
  })
  if (process.platform !== 'win32') await chmod(socket, 0o600)
  return server
}

/** Asks a bed's keeper. Throws BedProblem with its words, or the abort reason. */
export const ask = async (socket: string, asked: Asked, signal: AbortSignal): Promise<unknown> => {
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: addressOf(socket), method: 'POST', path: '/', signal }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    })
    call.on('error', reject)
    call.end(JSON.stringify(asked))
  })
  const result = Answer.parse(JSON.parse(text))
  if ('problem' in result) throw new BedProblem(result.problem)
  return result.ok
}
