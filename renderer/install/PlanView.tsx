import type { Plan, PlanStep } from '../../preload/contract/install.ts'
import { counted } from '../lib/time.ts'
import classes from './Wizard.module.css'

const kinds: Readonly<Record<PlanStep['kind'], string>> = {
  namespace: 'Namespace',
  secret: 'Secret',
  'helm-install': 'Install',
  'helm-upgrade': 'Upgrade',
  'helm-uninstall': 'Remove',
  'helm-recover': 'Recover',
  'flux-apply': 'Hand to Flux',
  'flux-delete': 'Take from Flux',
  delete: 'Delete',
  verify: 'Verify',
  keep: 'Keep',
}

/** What would be done, in order: before and after, which objects, what to know. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  return (
    <ol className={classes.list} aria-label="Steps of the plan">
      {plan.steps.map((step) => (
        <li key={step.id} className={classes.item}>
          <span className={classes.quiet}>{kinds[step.kind]}</span>
          <span className={classes.itemTitle}>{step.title}</span>
          <span className={`${classes.quiet} mono`}>{step.namespace}</span>
          <div className={classes.more}>
            <dl className={classes.change}>
              <dt>Now</dt>
              <dd>{step.before}</dd>
              <dt>Then</dt>
              <dd>{step.after}</dd>
            </dl>
            {step.objects.length > 0 && (
              <details>
                <summary>{counted(step.objects.length, 'object')}</summary>
                <ul className={`${classes.objects} mono`}>
                  {step.objects.map(({ kind, namespace, name }) => (
                    <li key={`${kind}/${namespace ?? ''}/${name}`}>
                      {kind} {namespace === undefined ? name : `${namespace}/${name}`}
                    </li>
                  ))}
                </ul>
              </details>
            )}
            {step.notes.length > 0 && (
              <ul className={classes.notes}>
                {step.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
