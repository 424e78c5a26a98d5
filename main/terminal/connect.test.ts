import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { PlaneDiscovery } from '../../preload/contract/install.ts'
import type { OptionValues, Terminal } from './command.ts'
import { connectCommand } from './connect.ts'
import { printableStream } from './print.ts'

const hostile = '\u001b]0;owned\u0007\u202Edorp\u202C\u200B'
const discovery: PlaneDiscovery = {
  profile: 'demo',
  marks: [hostile],
  releases: [
    { name: 'agent', namespace: 'n', title: 'Agent', via: 'helm', state: 'found', by: 'helm', revision: hostile },
  ],
  components: [
    {
      id: 'agent',
      title: 'Agent',
      providedBy: 'release',
      required: true,
      state: 'partial',
      version: hostile,
      parts: [{ kind: 'Deployment', namespace: 'n', name: hostile, state: 'missing', version: '' }],
    },
  ],
  settings: { region: hostile },
  installedBy: 'others',
  isInstalled: true,
}

async function connect(options: OptionValues) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const connected: unknown[] = []
  const client = {
    profiles: { get: async () => ({ name: 'demo', managementModels: [{ id: 'self' }] }) },
    clusters: { contexts: async () => ({ contexts: [{ id: 'c', name: hostile, current: true }], problems: [] }) },
    install: { discover: async () => discovery },
    planes: {
      connect: async (input: unknown) => {
        connected.push(input)
        return { id: 'p', name: 'demo', settings: discovery.settings }
      },
    },
  }
  const terminal = {
    stdout: printableStream(stdout),
    stderr: printableStream(stderr),
    stdin: { isTTY: false },
    columns: undefined,
    client: async () => client,
  } as unknown as Terminal // as much as the command uses
  const code = await connectCommand
    .run(terminal, [], { profile: 'demo', ...options }, new AbortController().signal)
    .then(
      (exit) => exit,
      (error: unknown) => error,
    )
  stdout.end()
  stderr.end()
  return { code, connected, stdout: await text(stdout), stderr: await text(stderr) }
}

it('what a cluster names is shown with marks, and asks before it connects', async () => {
  const { code, connected, stdout, stderr } = await connect({ output: 'table' })

  expect([code, connected]).toEqual([2, []])
  expect(stdout).toContain('⟨U+001B⟩]0;owned⟨U+0007⟩⟨U+202E⟩dorp⟨U+202C⟩⟨U+200B⟩')
  expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u202a-\u202e\u200b]/)
})

it('JSON connects only with --yes, which it names, and escapes what a terminal would execute', async () => {
  const refused = await connect({ output: 'json' })
  expect(refused.code).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('--yes') })
  expect([refused.connected, refused.stdout]).toEqual([[], ''])

  const { code, connected, stdout } = await connect({ output: 'json', yes: true })
  expect([code, connected]).toEqual([0, [expect.objectContaining({ contextId: 'c', installedBy: 'others' })]])
  expect(JSON.parse(stdout).discovery).toEqual(discovery)
  expect(stdout).not.toMatch(/[\u001b\u0007\u202a-\u202e\u200b]/)
})
