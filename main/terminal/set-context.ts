import { type Command, kubeconfigOptions, text } from './command.ts'
import { contextOf, existingPlane } from './plane.ts'
import { printMessage } from './print.ts'

export const setContextCommand: Command = {
  name: 'set-context',
  summary: 'use another context for a plane, after its kubeconfig was moved; changes no cluster',
  options: [
    { flags: '--plane <name>', help: 'the plane; optional if there is only one' },
    { flags: '--context <name>', help: 'context that the plane uses from now on (default: the current one)' },
    { flags: '--other-cluster', help: 'the plane’s cluster was replaced by the one of this context' },
    ...kubeconfigOptions,
  ],
  async run(terminal, _args, options) {
    const client = await terminal.client()
    const plane = await existingPlane(terminal, { plane: text(options, 'plane') })
    const context = await contextOf(client, text(options, 'context'))
    await client.planes.setContext({
      planeId: plane.id,
      contextId: context.id,
      otherCluster: options.otherCluster === true,
    })
    printMessage(
      terminal,
      `Plane "${plane.name}" uses the context "${context.name}" of ${context.file} (${context.server}). Before: "${plane.contextName}".`,
    )
    return 0
  },
}
