import { type HelpTopic, helpAddress } from '../lib/help.ts'
import { t } from '../strings/t.ts'
import classes from './HelpLink.module.css'
import { IconGuide } from './icons.ts'

export interface HelpLinkProps {
  readonly topic: HelpTopic
  /** The code or id that the page explains: "tls.reset". */
  readonly name: string
}

/** Opens what the guide says about a cause, an error or a preflight check. */
export function HelpLink({ topic, name }: HelpLinkProps) {
  return (
    <a className={classes.link} href={helpAddress(topic, name)} aria-label={t('ui.helpOn', { name })}>
      <IconGuide size={14} aria-hidden />
      {t('ui.help')}
    </a>
  )
}
