import type { ProxyView } from '../../preload/contract/connectivity.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { viewProxy } from '../connectivity/proxy/proxy.ts'
import { type Command, formOf, type OptionValues, outputOption, type Terminal, text } from './command.ts'
import { readDocument } from './input.ts'
import { planeOptions, profileOf } from './plane.ts'
import { json, say, table } from './print.ts'

/** Those by which a plane is found; nothing is stored and no credential is needed. */
const own: ReadonlySet<string> = new Set(['--plane', '--profile', '--values', '--kubeconfig'])

export const proxyCommand: Command = {
  name: 'proxy',
  summary: 'show what the proxy settings mean for each endpoint, as Go, Java, Node and curl read them',
  options: [
    ...planeOptions.filter(({ flags }) => own.has(flags.split(' ')[0] ?? '')),
    { flags: '--endpoints <file>', help: 'a bare list of endpoints; needs no plane and no cluster' },
    { flags: '--proxy <url>', help: 'instead of HTTPS_PROXY and HTTP_PROXY' },
    outputOption(['table', 'json']),
  ],
  async run(terminal, _args, options, signal) {
    const view = await viewOf(terminal, options, signal)
    if (formOf(options) === 'json') json(terminal, { schemaVersion: 2, ...view })
    else printProxy(terminal, view)
    return 0
  },
}

/** What the options ask about: a bare list, a plane, or a profile with settings. */
async function viewOf(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<ProxyView> {
  const question = { proxy: text(options, 'proxy'), env: process.env }
  const file = text(options, 'endpoints')
  if (file !== undefined) return await viewProxy(await readDocument(file, EndpointList), question, signal)
  const { connectivity, planes, profiles } = await terminal.app()
  const [name, profile, values] = [text(options, 'plane'), profileOf(options), text(options, 'values')]
  const fitting = (await planes.list()).filter(
    (each) => (name === undefined || each.name === name) && (profile === undefined || each.profile === profile),
  )
  if (fitting.length > 1) {
    const names = fitting.map((each) => each.name).join(', ')
    throw new Problem('INPUT_INVALID', `Several planes fit: ${names}. Name one with --plane.`)
  }
  const [plane] = fitting
  if (name !== undefined && plane === undefined)
    throw new Problem('PLANE_UNKNOWN', `There is no plane named "${name}".`)
  if (plane !== undefined && values === undefined) return await connectivity.proxy(plane.id, question.proxy)
  const kind = profile ?? plane?.profile
  if (kind === undefined)
    throw new Problem('INPUT_INVALID', 'Name what to look at: --endpoints FILE, --profile NAME or --plane NAME.')
  const given = values === undefined ? {} : (await readDocument(values, PlaneValues)).settings
  await profiles.checkSettings(kind, given)
  const [found, settings] = [await profiles.resolve(kind), await profiles.completeSettings(kind, given)]
  return await viewProxy({ endpoints: found.profile.endpoints, settings }, question, signal)
}

const runtimes = ['go', 'java', 'node', 'curl'] as const

function printProxy(terminal: Terminal, view: ProxyView): void {
  const { source, advice } = view
  if (source === '') say(terminal, 'No proxy is set: every endpoint is reached directly.')
  else printReadings(terminal, view)
  for (const { entry, message: says } of advice) say(terminal, `${entry} ${says}`)
}

function printReadings(terminal: Terminal, { source, httpsProxy, httpProxy, noProxy, rows }: ProxyView): void {
  say(
    terminal,
    `From ${source}: HTTPS_PROXY ${httpsProxy || '(none)'}, HTTP_PROXY ${httpProxy || '(none)'}, NO_PROXY ${noProxy || '(none)'}`,
  )
  table(
    terminal,
    ['ENDPOINT', 'HONOURS', 'GO', 'JAVA', 'NODE', 'CURL', ''],
    rows.map(({ endpoint, usesProxySettings: honours, runtimes: readings, differs }) => [
      endpoint,
      honours ? 'yes' : 'no',
      ...runtimes.map((name) => (readings[name].through === '' ? 'directly' : 'proxy')),
      differs ? 'read differently' : '',
    ]),
  )
}
