import { AllowListFormat } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type Command, type OptionValues, text } from './command.ts'
import { selectPlaneOptions } from './plane.ts'
import { subjectOf } from './subject.ts'

interface Pods {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

export const allowListCommand: Command = {
  name: 'allow-list',
  summary: 'print what a firewall, a proxy or a network policy must allow',
  options: [
    {
      flags: '--format <format>',
      help: 'the format of the document',
      initial: 'markdown',
      choices: [...AllowListFormat.values],
    },
    ...selectPlaneOptions,
    { flags: '--endpoints <file>', help: 'use a bare list of endpoints; needs no plane and no cluster' },
    { flags: '--component <id>', help: 'only the endpoints of this component' },
    {
      flags: '--selector <labels>',
      help: 'for policies: the labels of the component’s pods (app=agent,tier=back), instead of reading them from the cluster',
    },
    { flags: '--namespace <name>', help: 'for policies: the namespace of those pods' },
    { flags: '--proxy <url>', help: 'the proxy of the components that honour proxy settings' },
    { flags: '--proxy-bypass <list>', help: 'what bypasses that proxy, in the format of NO_PROXY' },
  ],
  async run(terminal, _args, options, signal) {
    const format = (text(options, 'format') ?? 'markdown') as AllowListFormat // the parser accepts only the choices
    const component = text(options, 'component')
    const pods = podsOf(options, component)
    const [client, { subject }] = [await terminal.client(), await subjectOf(terminal, options)]
    const url = text(options, 'proxy')
    const document = await client.connectivity.allowList(
      {
        ...subject,
        format,
        component,
        pods,
        proxies: url === undefined ? undefined : { url, bypass: text(options, 'proxyBypass') ?? '' },
      },
      { signal },
    )
    terminal.stdout.write(document.text)
    return 0
  },
}

// A label key can have a DNS name as its prefix; a value has at most the length of a key without it.
const label =
  /^((?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)=([A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)$/

/** The pods that the options choose; undefined without them. Throws INPUT_INVALID. */
function podsOf(options: OptionValues, component: string | undefined): Pods | undefined {
  const [selector, namespace] = [text(options, 'selector'), text(options, 'namespace')]
  if (selector === undefined && namespace === undefined) return undefined
  if (selector === undefined || namespace === undefined || component === undefined)
    throw new Problem('INPUT_INVALID', 'To choose pods, give --component, --namespace and --selector together.')
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw new Problem('INPUT_INVALID', 'The value of --namespace is not a valid namespace name.')
  const labels = selector.split(',').map((each) => {
    const [, key, value] = label.exec(each.trim()) ?? []
    if (key === undefined || value === undefined)
      throw new Problem(
        'INPUT_INVALID',
        `--selector takes labels such as app=agent,tier=back; "${each}" is not a label.`,
      )
    return [key, value] as const
  })
  return { namespace, labels: Object.fromEntries(labels) }
}
