import { z } from 'zod'
import { documents } from '../../preload/contract/documents.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type Command, formOf, kubeconfigOptions, outputOption, text } from './command.ts'
import { printJson, printMessage, printTable } from './print.ts'

export const profilesCommand: Command = {
  name: 'profiles',
  summary: 'list the available profiles',
  options: [outputOption(['table', 'json'])],
  async run(terminal, _args, options) {
    const client = await terminal.client()
    const profiles = await client.profiles.list()
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, profiles })
    else {
      const rows = profiles.map(({ name, title, origin, releases, endpoints, problem }) => [
        name,
        title,
        origin,
        String(releases),
        String(endpoints),
        problem?.message ?? '',
      ])
      printTable(terminal, ['PROFILE', 'TITLE', 'ORIGIN', 'RELEASES', 'ENDPOINTS', 'PROBLEM'], rows)
    }
    return profiles.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
}

export const contextsCommand: Command = {
  name: 'contexts',
  summary: 'list the contexts of the kubeconfig files',
  options: [...kubeconfigOptions, outputOption(['table', 'json'])],
  async run(terminal, _args, options) {
    const client = await terminal.client()
    const list = await client.clusters.contexts()
    for (const { message, hint } of list.problems) printMessage(terminal, `✗ ${message} ${hint}`)
    const warnings = list.contexts.flatMap((context) => context.warnings ?? [])
    for (const { message, hint } of warnings) printMessage(terminal, `! ${message} ${hint}`)
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, ...list })
    else {
      const rows = list.contexts.map(({ name, current, server, authentication, consent, problem, ...context }) => [
        `${current ? '* ' : '  '}${name}`,
        server,
        authentication,
        consent === undefined ? '' : consent.given ? 'allowed' : 'not allowed yet',
        context.credentialEndsAt === undefined ? '' : endText(context.credentialEndsAt),
        problem?.message ?? '',
      ])
      printTable(terminal, ['  CONTEXT', 'SERVER', 'SIGN-IN', 'CONSENT', 'ENDS', 'PROBLEM'], rows)
      if (rows.length === 0)
        printMessage(terminal, 'No kubeconfig file contains a context. Use --kubeconfig, or set KUBECONFIG.')
    }
    // A file that was named for its contexts and has none is a mistake of the call, not of a context.
    const named = text(options, 'kubeconfig') ?? process.env.KUBECONFIG
    if (named !== undefined && named !== '' && list.contexts.length === 0) return 2
    return list.problems.length > 0 || list.contexts.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
}

/** When a credential ends or has ended, in UTC. */
function endText(at: string): string {
  const time = `${at.slice(0, 16).replace('T', ' ')} UTC`
  return Date.parse(at) <= Date.now() ? `ended ${time}` : time
}

export const schemaCommand: Command = {
  name: 'schema',
  usage: '[name]',
  summary: 'print the JSON Schema of a file or an output; without a name, list them',
  options: [],
  async run(terminal, [name]) {
    if (name === undefined) {
      terminal.stdout.write(`${Object.keys(documents).join('\n')}\n`)
      return 0
    }
    const entry = Object.entries(documents).find(([each]) => each === name)
    if (entry === undefined)
      throw new Problem(
        'INPUT_INVALID',
        `There is no schema "${name}". The schemas are ${Object.keys(documents).join(', ')}.`,
      )
    // Input files can omit fields that have defaults; output always contains them.
    const io = ['profile', 'values', 'credentials', 'endpoints'].includes(name) ? 'input' : 'output'
    printJson(terminal, { title: `Hangar ${name}`, ...z.toJSONSchema(entry[1], { io }) })
    return 0
  },
}
