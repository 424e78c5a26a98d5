import type { ProxyView } from '../../preload/contract/connectivity.ts'
import { type Command, formOf, outputOption, type Terminal, text } from './command.ts'
import { selectPlaneOptions } from './plane.ts'
import { printJson, printMessage, printTable } from './print.ts'
import { subjectOf } from './subject.ts'

export const proxyCommand: Command = {
  name: 'proxy',
  summary: 'show how Go, Java, Node and curl interpret the proxy settings for each endpoint',
  options: [
    ...selectPlaneOptions,
    { flags: '--endpoints <file>', help: 'use a bare list of endpoints; needs no plane and no cluster' },
    { flags: '--proxy <url>', help: 'use this proxy instead of HTTPS_PROXY and HTTP_PROXY' },
    outputOption(['table', 'json']),
  ],
  async run(terminal, _args, options, signal) {
    const [client, { subject }] = [await terminal.client(), await subjectOf(terminal, options)]
    const view = await client.connectivity.proxy({ ...subject, proxy: text(options, 'proxy') }, { signal })
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 2, ...view })
    else printProxy(terminal, view)
    return 0
  },
}

const runtimes = ['go', 'java', 'node', 'curl'] as const

function printProxy(terminal: Terminal, view: ProxyView): void {
  const { source, advice } = view
  if (source === '') printMessage(terminal, 'No proxy is set: every connection is direct.')
  else printReadings(terminal, view)
  for (const { entry, message } of advice) printMessage(terminal, `${entry} ${message}`)
}

function printReadings(terminal: Terminal, { source, httpsProxy, httpProxy, noProxy, rows }: ProxyView): void {
  printMessage(
    terminal,
    `From ${source}: HTTPS_PROXY ${httpsProxy || '(none)'}, HTTP_PROXY ${httpProxy || '(none)'}, NO_PROXY ${noProxy || '(none)'}`,
  )
  printTable(
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
