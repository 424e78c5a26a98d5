/** Whether a text stands for what each customer fills in: `changeme`, `<your host>`, `TODO`. Pure. */
export const isPlaceholder = (text: string): boolean =>
  /^(change[-_ ]?(me|it)|replace[-_ ]?(me|this)|fill[-_ ]?(me|in)|to[-_ ]?do|tbd|x{3,}|<[^<>]{1,80}>|your[-_ ][\w .-]{1,80}|enter[-_ ][\w .-]{1,80})$/i.test(
    text.trim(),
  )
