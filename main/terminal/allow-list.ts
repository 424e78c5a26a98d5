import { basename } from 'node:path'
import { AllowListFormat } from '../../preload/contract/connectivity.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { type AllowListOf, makeAllowList, placesOf } from '../connectivity/allow-list/allow-list.ts'
import type { ChosenPods } from '../connectivity/allow-list/workloads.ts'
import { version } from '../home.ts'
import { type Command, type OptionValues, type Terminal, text } from './command.ts'
import { readDocument } from './input.ts'
import { planeOptions, profileOf } from './plane.ts'

/** Those of a plane's that a list is made with; it needs no credentials. */
const own: ReadonlySet<string> = new Set(['--plane', '--profile', '--values', '--kubeconfig'])

export const allowListCommand: Command = {
  name: 'allow-list',
  summary: 'print what a firewall, a proxy or a network policy has to let through',
  options: [
    {
      flags: '--format <format>',
      help: 'whom it is for',
      initial: 'markdown',
      choices: [...AllowListFormat.values],
    },
    ...planeOptions.filter(({ flags }) => own.has(flags.split(' ')[0] ?? '')),
    { flags: '--endpoints <file>', help: 'a bare list of endpoints; needs no plane and no cluster' },
    { flags: '--component <id>', help: 'only the rows of this component' },
    {
      flags: '--selector <labels>',
      help: 'for policies: the labels of the component’s pods (app=agent,tier=back), where the cluster is not to be asked',
    },
    { flags: '--namespace <name>', help: 'for policies: the namespace of those pods' },
    { flags: '--proxy <url>', help: 'the proxy that the components are given, for those that honour it' },
    { flags: '--proxy-bypass <list>', help: 'what goes past that proxy, as their NO_PROXY would have it' },
  ],
  async run(terminal, _args, options, signal) {
    const format = (text(options, 'format') ?? 'markdown') as AllowListFormat // the parser allows the choices alone
    const of = await subjectOf(terminal, options)
    const made = await makeAllowList(format, { ...of, ...wishes(options) }, signal)
    terminal.stdout.write(made.text)
    return 0
  },
}

/** What the options ask a list of: a bare list, a plane, or a profile with settings. */
async function subjectOf(terminal: Terminal, options: OptionValues): Promise<AllowListOf> {
  const file = text(options, 'endpoints')
  if (file !== undefined) {
    const { endpoints, settings } = await readDocument(file, EndpointList)
    return { title: basename(file), version, endpoints, settings, places: [], last: undefined }
  }
  const { connectivity, planes, profiles } = await terminal.app()
  const [name, profile, values] = [text(options, 'plane'), profileOf(options), text(options, 'values')]
  const all = await planes.list()
  const fitting = all.filter(
    (each) => (name === undefined || each.name === name) && (profile === undefined || each.profile === profile),
  )
  if (fitting.length > 1)
    throw new Problem(
      'INPUT_INVALID',
      `Several planes fit: ${fitting.map((each) => each.name).join(', ')}. Name one with --plane.`,
    )
  const [plane] = fitting
  if (name !== undefined && plane === undefined)
    throw new Problem('PLANE_UNKNOWN', `There is no plane named "${name}".`)
  if (plane !== undefined && values === undefined) return connectivity.allowListOf(plane.id)
  const profileName = profile ?? plane?.profile
  if (profileName === undefined)
    throw new Problem('INPUT_INVALID', 'Name what the list is of: --endpoints FILE, --profile NAME or --plane NAME.')
  const found = await profiles.resolve(profileName)
  const given = values === undefined ? {} : (await readDocument(values, PlaneValues)).settings
  await profiles.checkSettings(profileName, given)
  return {
    title: found.profile.title,
    version,
    endpoints: found.profile.endpoints,
    settings: await profiles.completeSettings(profileName, given),
    places: placesOf(found.profile),
    last: undefined,
  }
}

function wishes(options: OptionValues): Pick<AllowListOf, 'component' | 'chosen' | 'proxies'> {
  const [component, proxy] = [text(options, 'component'), text(options, 'proxy')]
  const chosen = chosenPods(options, component)
  return {
    component,
    ...(chosen === undefined ? {} : { chosen }),
    ...(proxy === undefined
      ? {}
      : { proxies: { httpsProxy: proxy, httpProxy: proxy, noProxy: text(options, 'proxyBypass') ?? '' } }),
  }
}

// A label's name may have a prefix of a DNS name; its value is as long as a name at most.
const label =
  /^((?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)=([A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)$/

function chosenPods(options: OptionValues, component: string | undefined): ChosenPods | undefined {
  const [selector, namespace] = [text(options, 'selector'), text(options, 'namespace')]
  if (selector === undefined && namespace === undefined) return undefined
  if (selector === undefined || namespace === undefined || component === undefined)
    throw new Problem('INPUT_INVALID', 'To choose pods, give --component, --namespace and --selector together.')
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw new Problem('INPUT_INVALID', '--namespace is no name of a namespace.')
  const labels = selector.split(',').map((each) => {
    const [, key, value] = label.exec(each.trim()) ?? []
    if (key === undefined || value === undefined)
      throw new Problem('INPUT_INVALID', `--selector takes labels as app=agent,tier=back; "${each}" is none.`)
    return [key, value] as const
  })
  return { namespace, labels: Object.fromEntries(labels) }
}
