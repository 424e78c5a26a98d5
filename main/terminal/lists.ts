import { z } from 'zod'
import { documents } from '../../preload/contract/documents.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type Command, formOf, outputOption } from './command.ts'
import { json, say, table } from './print.ts'

export const profilesCommand: Command = {
  name: 'profiles',
  summary: 'list the available profiles',
  options: [outputOption(['table', 'json'])],
  async run(terminal, _args, options) {
    const client = await terminal.client()
    const profiles = await client.profiles.list()
    if (formOf(options) === 'json') json(terminal, { schemaVersion: 1, profiles })
    else {
      const rows = profiles.map(({ name, title, origin, releases, endpoints, problem }) => [
        name,
        title,
        origin,
        String(releases),
        String(endpoints),
        problem?.message ?? '',
      ])
      table(terminal, ['PROFILE', 'TITLE', 'ORIGIN', 'RELEASES', 'ENDPOINTS', 'PROBLEM'], rows)
    }
    return profiles.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
}

export const contextsCommand: Command = {
  name: 'contexts',
  summary: 'list the contexts of the kubeconfig files',
  options: [
    { flags: '--kubeconfig <file>', help: 'this kubeconfig instead of KUBECONFIG or ~/.kube/config' },
    outputOption(['table', 'json']),
  ],
  async run(terminal, _args, options) {
    const client = await terminal.client()
    const list = await client.clusters.contexts()
    for (const { message, hint } of list.problems) say(terminal, `✗ ${message} ${hint}`)
    if (formOf(options) === 'json') json(terminal, { schemaVersion: 1, ...list })
    else {
      const rows = list.contexts.map(({ name, current, server, authentication, problem }) => [
        `${current ? '* ' : '  '}${name}`,
        server,
        authentication,
        problem?.message ?? '',
      ])
      table(terminal, ['  CONTEXT', 'SERVER', 'SIGN-IN', 'PROBLEM'], rows)
      if (rows.length === 0)
        say(terminal, 'No kubeconfig has a context. Name one with --kubeconfig, or set KUBECONFIG.')
    }
    return list.problems.length > 0 || list.contexts.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
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
    const found = Object.entries(documents).find(([each]) => each === name)
    if (found === undefined)
      throw new Problem(
        'INPUT_INVALID',
        `There is no schema "${name}"; there are ${Object.keys(documents).join(', ')}.`,
      )
    // What a person writes may leave defaults out; what Hangar prints has them.
    const io = ['profile', 'values', 'credentials', 'endpoints'].includes(name) ? 'input' : 'output'
    json(terminal, { title: `Hangar ${name}`, ...z.toJSONSchema(found[1], { io }) })
    return 0
  },
}
