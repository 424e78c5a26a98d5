import type { LogEngine } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type OptionValues, text } from './command.ts'

/** The plane's log engine that the options name; undefined without one. Throws USAGE_INVALID. Pure. */
export function engineOf(options: OptionValues): LogEngine | undefined {
  const [loki, opensearch] = [text(options, 'loki'), text(options, 'opensearch')]
  const [tenant, index] = [text(options, 'tenant'), text(options, 'index')]
  if (loki !== undefined && opensearch !== undefined)
    throw new Problem('USAGE_INVALID', '--loki and --opensearch exclude each other: one engine is asked at a time.')
  if (tenant !== undefined && loki === undefined)
    throw new Problem('USAGE_INVALID', '--tenant is of Loki: name its service with --loki.')
  if (index !== undefined && opensearch === undefined)
    throw new Problem('USAGE_INVALID', '--index is of OpenSearch: name its service with --opensearch.')
  if (loki !== undefined) return { kind: 'loki', service: loki, ...(tenant !== undefined && { tenant }) }
  return opensearch === undefined
    ? undefined
    : { kind: 'opensearch', service: opensearch, ...(index !== undefined && { index }) }
}
