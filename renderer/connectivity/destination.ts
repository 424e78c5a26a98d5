import type { EndpointRow } from '../../preload/contract/connectivity.ts'
import { t } from '../strings/t.ts'

/** "registry.example.com:443 oci". */
export const destination = ({ host, port, protocol }: EndpointRow): string =>
  host === '' ? t('connectivity.notConfigured') : `${host}:${port} ${protocol}`
