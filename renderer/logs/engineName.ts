import type { LogEngine } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'

/** "Loki (logging/loki:3100)"; of none, this computer. */
export function engineName(engine: LogEngine | undefined): string {
  if (engine === undefined) return t('logs.engine.here')
  const { service, tenant } = engine
  const kind = t(`logs.engine.kind.${engine.kind}`)
  return tenant === undefined
    ? t('logs.engine.name', { kind, service })
    : t('logs.engine.nameOfTenant', { kind, service, tenant })
}

/** "Loki" */
export const engineKindName = ({ kind }: LogEngine): string => t(`logs.engine.kind.${kind}`)
