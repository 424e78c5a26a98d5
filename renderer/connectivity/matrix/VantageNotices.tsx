import { Button } from '@mantine/core'
import type { ExistingPod } from '../../../preload/contract/connectivity.ts'
import { existingPodName } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Notice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import { vantagesText } from '../details/differences.ts'
import type { Matrix } from './matrix.ts'
import { vantageErrors } from './vantageErrors.ts'

export interface VantageNoticesProps {
  readonly matrix: Matrix
  /** Checks from a pod that Hangar did not create; absent while that is not possible. */
  readonly onExistingPod?: ((pod: ExistingPod) => void) | undefined
}

/** Vantages that failed or could check only a part: the reason, the hint, and what can be done instead. */
export function VantageNotices({ matrix, onExistingPod }: VantageNoticesProps) {
  return vantageErrors(matrix).map((outcomes) => {
    const [first] = outcomes
    if (first === undefined) return null
    const { state, cause, message, hint, manifest, vantage, existingPods } = first
    const pods = onExistingPod === undefined ? [] : (existingPods ?? [])
    const affected = vantagesText(outcomes.map((outcome) => outcome.vantage))
    return (
      <Notice
        key={`${state}/${cause}/${vantage.kind}/${vantage.name}`}
        tone={state === 'failed' ? 'bad' : 'warn'}
        title={t(state === 'failed' ? 'connectivity.vantage.nothingChecked' : 'connectivity.vantage.partlyChecked', {
          vantages: affected,
        })}
        actions={
          manifest === '' && pods.length === 0 ? undefined : (
            <>
              {manifest !== '' && (
                <CopyButton exact label={t('connectivity.vantage.copyManifest')} text={() => manifest} />
              )}
              {pods.map((pod) => (
                <Button key={existingPodName(pod)} variant="default" size="xs" onClick={() => onExistingPod?.(pod)}>
                  {t('connectivity.vantage.useExistingPod', { name: existingPodName(pod) })}
                </Button>
              ))}
            </>
          )
        }
      >
        <div>
          {message} {cause !== '' && <code className={classes.code}>{cause}</code>}
        </div>
        {hint !== '' && <div>{hint}</div>}
        {pods.length > 0 && <div>{t('connectivity.vantage.existingPodHint')}</div>}
      </Notice>
    )
  })
}
