import type { AllowListFormat, EndpointRow, ReportFormat, TextFile } from '../../../preload/contract/connectivity.ts'

const reports: Readonly<Record<ReportFormat, readonly [string, string]>> = {
  json: ['json', 'application/json'],
  markdown: ['md', 'text/markdown'],
  html: ['html', 'text/html'],
  junit: ['xml', 'application/xml'],
}

export function documentOf(format: ReportFormat): TextFile {
  const [ending, mediaType] = reports[format]
  return { name: `hangar-demo-connectivity.${ending}`, mediaType, text: `A report as ${format}.\n` }
}

const lists: Readonly<Record<AllowListFormat, readonly [string, string]>> = {
  markdown: ['md', 'text/markdown'],
  csv: ['csv', 'text/csv'],
  squid: ['conf', 'text/plain'],
  'azure-firewall': ['json', 'application/json'],
  'aws-network-firewall': ['json', 'application/json'],
  networkpolicy: ['yaml', 'application/yaml'],
  ciliumnetworkpolicy: ['yaml', 'application/yaml'],
}

export function listOf(format: AllowListFormat, rows: readonly EndpointRow[], component?: string): TextFile {
  const [ending, mediaType] = lists[format]
  const wanted = rows.filter((row) => component === undefined || row.component === component)
  const lines = wanted
    .filter(({ host, direction }) => host !== '' && direction === 'outbound')
    .map(({ title, host, port, componentTitle }) => `| ${componentTitle} | ${title} | ${host} | ${port}/tcp |`)
  const head = ['| component | purpose | destination | port |', '| --- | --- | --- | --- |']
  return {
    name: `hangar-demo-allow-list.${ending}`,
    mediaType,
    text: [`# ${format}`, '', ...head, ...lines, ''].join('\n'),
  }
}
