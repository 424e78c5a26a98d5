// Stands for an integration written in Ballerina: serves its orders, and logs on stderr as ballerina/log does.
import { createServer } from 'node:http'
import { ballerinaLine, ballerinaRecord, correlationId } from './lines.mjs'
import { answer, serveHealth, setting, stopping } from './runtime.mjs'
import { writeSteadily } from './write.mjs'

const module = setting('MODULE')
const format = setting('FORMAT')
const seed = Number(setting('SEED'))
const port = Number(process.env.PORT ?? 0)

// The runtime's own log would not be Ballerina's.
process.stdout.write = () => true
const writeLine = (line) => process.stderr.write(`${line}\n`)
writeLine(ballerinaRecord({ at: new Date(), level: 'INFO', module, message: 'Integration started', fields: { format, port } }, format))
const state = writeSteadily(Number(setting('LINES_PER_SECOND')), (index, at) => writeLine(ballerinaLine({ seed, index, at, module, format })))

let served = 0
if (port !== 0) {
  const server = createServer((request, response) => {
    const route = /^\/orders(?:\/([\w-]{1,40}))?$/.exec(request.url ?? '')
    const id = request.headers['x-correlation-id'] ?? correlationId(seed, -1 - served)
    served += 1
    const fields = { method: request.method, path: request.url, correlationId: String(id) }
    if (route === null) {
      writeLine(ballerinaRecord({ at: new Date(), level: 'WARN', module, message: 'No such resource', fields }, format))
      return answer(response, 404, { message: 'no such resource' })
    }
    writeLine(ballerinaRecord({ at: new Date(), level: 'INFO', module, message: 'Request served', fields }, format))
    return answer(response, 200, { order: route[1] ?? 'ORD-10000', state: 'sent', correlationId: id })
  })
  server.listen(port)
  stopping.addEventListener('abort', () => server.close())
}
serveHealth({ ready: () => undefined, status: () => ({ module, format, lines: state.written, served }) })
