import { stringify } from 'yaml'
import type { KeyPair } from './certificates.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig with one context, everything embedded. */
export const kubeconfig = (context: string, server: string, ca: string, user: string, keys: KeyPair): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(keys.certificate), 'client-key-data': base64(keys.key) },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user } }],
    'current-context': context,
  })
