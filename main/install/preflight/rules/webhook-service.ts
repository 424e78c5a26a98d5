import { at, textAt } from '../../observe/kubernetes-object.ts'

/** `NAMESPACE/NAME` of the Service that a webhook calls; undefined if it calls an address outside of the cluster. */
export function serviceOfWebhook(webhook: unknown): string | undefined {
  const service = at(webhook, 'clientConfig', 'service')
  return service === undefined ? undefined : `${textAt(service, 'namespace')}/${textAt(service, 'name')}`
}
