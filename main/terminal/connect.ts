import type { PlaneDiscovery } from '../../preload/contract/install.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type Command, formOf, kubeconfigOptions, outputOption, text } from './command.ts'
import { confirm } from './input.ts'
import { contextOf, profileOf } from './plane.ts'
import { printJson, printMessage, printTable } from './print.ts'

export const connectCommand: Command = {
  name: 'connect',
  summary: 'connect to a plane that runs already, installed by Hangar or by others',
  options: [
    { flags: '--profile <name>', help: 'the kind of plane: its releases and components are looked for' },
    { flags: '--context <name>', help: 'context of the cluster (default: the current one)' },
    { flags: '--name <name>', help: 'name of the plane on this computer (default: that of the profile)' },
    { flags: '--yes', help: 'do not ask' },
    ...kubeconfigOptions,
    outputOption(['table', 'json']),
  ],
  async run(terminal, _args, options, signal) {
    const name = profileOf(options)
    if (name === undefined) throw new Problem('INPUT_INVALID', 'Name the kind of plane with --profile NAME.')
    const isTable = formOf(options) === 'table'
    if (!isTable && options.yes !== true)
      throw new Problem('INPUT_INVALID', 'Nothing was connected: with --output json nothing is asked. Add --yes.')
    const client = await terminal.client()
    const profile = await client.profiles.get({ name })
    const context = await contextOf(client, text(options, 'context'))
    const found = await client.install.discover({ contextId: context.id, profile: name }, { signal })
    if (isTable) printDiscovery(terminal, found)
    if (!found.isInstalled)
      throw new Problem('PLANE_UNKNOWN', `No plane of the profile "${name}" runs in the cluster of "${context.name}".`)
    const question = `Connect to this plane in ${context.name}? The cluster is not changed.`
    if (options.yes !== true && !(await confirm(terminal, question, signal))) {
      printMessage(terminal, 'Nothing was connected. --yes connects without a question.')
      return 2
    }
    const plane = await client.planes.connect({
      name: text(options, 'name') ?? profile.name,
      profile: name,
      contextId: context.id,
      managementModel: profile.managementModels.at(-1)?.id ?? '',
      settings: found.settings,
      installedBy: found.installedBy,
    })
    if (isTable)
      printMessage(terminal, `Connected as "${plane.name}". See it with "hangar status --plane ${plane.name}".`)
    else printJson(terminal, { schemaVersion: 1, plane, discovery: found })
    return 0
  },
}

function printDiscovery(terminal: Parameters<Command['run']>[0], { releases, components }: PlaneDiscovery): void {
  const byWhom = { hangar: 'Hangar', helm: 'another helm', flux: 'Flux', unknown: '' } as const
  printTable(
    terminal,
    ['RELEASE', 'NAMESPACE', 'FOUND', 'INSTALLED BY', 'REVISION'],
    releases.map(({ name, namespace, state, by, revision }) => [name, namespace, state, byWhom[by], revision]),
  )
  terminal.stdout.write('\n')
  printTable(
    terminal,
    ['COMPONENT', 'FOUND', 'VERSION', 'MISSING'],
    components.map(({ title, state, version, parts }) => [
      title,
      state,
      version,
      parts
        .filter((part) => part.state === 'missing')
        .map(({ kind, namespace, name }) => [kind, ...(namespace ? [namespace] : []), name].join('/'))
        .join(', '),
    ]),
  )
}
