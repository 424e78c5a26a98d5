import { chmod } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { z } from 'zod'
import { BedProblem } from './bed-problem.ts'
import type { RunningBed } from './run-bed.ts'

/** Commands that another process can send to a bed. */
export const BedCommand = z.discriminatedUnion('verb', [
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
export type BedCommand = z.infer<typeof BedCommand>

const Answer = z.union([z.strictObject({ ok: z.unknown() }), z.strictObject({ problem: z.string() })])

/** The kernel limits the path of a Unix socket (unix(7): 108 bytes; macOS: 104). */
const longestSocketPath = 103

/** On Windows a pipe's name, elsewhere the file itself. */
const addressOf = (socket: string): string =>
  process.platform === 'win32' ? `\\\\.\\pipe\\${socket.replaceAll(/[\\/:]/g, '-')}` : socket

export const checkSocketPath = (socket: string): void => {
  if (Buffer.byteLength(socket) > longestSocketPath)
    throw new BedProblem(`The path ${socket} is too long for a socket.`, 'Set HANGAR_CACHE to a shorter folder.')
}

const execute = (bed: RunningBed, command: BedCommand, signal: AbortSignal): Promise<unknown> => {
  switch (command.verb) {
    case 'stopApiServer':
      return bed.stopApiServer()
    case 'startApiServer':
      return bed.startApiServer(signal)
    case 'importImages':
      return bed.importImages(command.images, signal)
    case 'addSimulatedNodes':
      return bed.addSimulatedNodes(command.count, signal)
    case 'addHostNames':
      return bed.addHostNames(command.names, signal)
    case 'down':
      return bed.down(signal)
  }
}

/** In the supervisor: carries out the commands of other processes. Calls `onDown` once the bed is down and the caller has its response. */
export const serveControl = async (socket: string, bed: RunningBed, onDown: () => void): Promise<Server> => {
  const server = createServer(async (incoming, response) => {
    // A caller that disconnects cancels its command, except `down`, which is finished once begun.
    const disconnected = new AbortController()
    response.on('close', () => disconnected.abort())
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    let result: z.infer<typeof Answer>
    let down = false
    try {
      const command = BedCommand.parse(JSON.parse(Buffer.concat(parts).toString('utf8')))
      down = command.verb === 'down'
      result = { ok: (await execute(bed, command, down ? AbortSignal.timeout(60_000) : disconnected.signal)) ?? null }
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

/** Sends a command to a bed's supervisor. Throws BedProblem with its message, or the abort reason. */
export const sendCommand = async (socket: string, command: BedCommand, signal: AbortSignal): Promise<unknown> => {
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
    call.end(JSON.stringify(command))
  })
  const result = Answer.parse(JSON.parse(text))
  if ('problem' in result) throw new BedProblem(result.problem)
  return result.ok
}
