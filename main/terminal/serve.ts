import { Problem } from '../../preload/contract/problem.ts'
import { type Command, kubeconfigOptions, text, trustedFiles } from './command.ts'
import { printMessage } from './print.ts'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'open Hangar in a browser on this computer',
  options: [
    { flags: '--port <number>', help: 'listen on this port (default: any free port)' },
    { flags: '--host <address>', help: 'listen on this loopback address (default: another one at each start)' },
    ...kubeconfigOptions,
  ],
  async run(terminal, _args, options, signal) {
    const given = text(options, 'port')
    const port = given === undefined ? undefined : Number(given)
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      throw new Problem('INPUT_INVALID', `--port is a number from 0 to 65535, not "${given}".`)
    }
    const host = text(options, 'host')
    const { serve } = await import('../serve.ts')
    const onAddress = (address: string): void => {
      printMessage(terminal, 'Hangar listens on this computer only. Open this address, which is valid once:')
      terminal.stdout.write(`${address}\n`)
    }
    await serve(
      { port, host, kubeconfig: text(options, 'kubeconfig'), trustedFiles: trustedFiles(options), onAddress },
      signal,
    )
    return 0
  },
}
