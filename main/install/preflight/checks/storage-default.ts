import { type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { defineCheck, notPermitted, pass, skipped } from '../check.ts'
import { isDefaultClass } from '../rules/storage.ts'

/** The storage classes that the charts request; an empty name means the default class. */
function requestedStorageClasses(objects: readonly KubernetesObject[]): string[] {
  const claims = objects.flatMap((object) => {
    if (object.kind === 'PersistentVolumeClaim') return [object.spec]
    if (object.kind !== 'StatefulSet') return []
    return listAt(object, 'spec', 'volumeClaimTemplates').map((template) => Reflect.get(Object(template), 'spec'))
  })
  return claims.map((spec) => textAt(spec, 'storageClassName') ?? '')
}

export const storageDefault = defineCheck({
  id: 'storage.default',
  title: 'Storage classes',
  category: 'storage',
  severity: 'strict',
  needs: ['profile', 'rendered', 'storageClasses'],
  about:
    'The storage classes that the claims of the charts name exist, and there is one default class for claims that name none. Without it a claim stays Pending, and so does its pod.',
  remedy:
    'Set `storageclass.kubernetes.io/is-default-class: "true"` on one class, or name a class in the values. AKS (`default`) and GKE (`standard-rwo`) have a default class. On EKS, clusters from version 1.30 on have none: create one for `ebs.csi.aws.com`. On premises, install a provisioner such as Longhorn, Rook or local-path.',
  decide({ profile, rendered, storageClasses: classes }) {
    const requested = new Set([
      ...requestedStorageClasses([...rendered.values()].flat()),
      ...(profile.requirements.storageClass ? [''] : []),
    ])
    if (requested.size === 0) return skipped('The plane needs no volumes.')
    if (classes === undefined) return notPermitted('list storageclasses')
    const names = classes.map(nameOf)
    const defaults = classes.filter(isDefaultClass).map(nameOf)
    const missing = [...requested].filter((name) => (name === '' ? defaults.length === 0 : !names.includes(name)))
    const evidence =
      names.length === 0
        ? 'no storage class'
        : names.map((name) => (defaults.includes(name) ? `${name} (default)` : name)).join('\n')
    if (missing.length > 0) {
      const needs = missing.map((name) => (name === '' ? 'default storage class' : `storage class ${name}`))
      const hint = 'Create the class, mark one as the default, or set another one in the values.'
      return { verdict: 'fail', message: `The cluster has no ${needs.join(' and no ')}.`, hint, evidence }
    }
    if (requested.has('') && defaults.length > 1) {
      return {
        verdict: 'warn',
        message: `More than one default storage class: ${defaults.join(', ')}.`,
        hint: 'Mark only one as the default.',
        evidence,
      }
    }
    return pass(requested.has('') ? `${defaults[0]} is the default.` : 'All storage classes exist.', evidence)
  },
})
