import { describe, expect, it } from 'vitest';
import { withoutReminders } from './answer-source.ts';

describe('the words of a person', () => {
  it.each(['system-reminder', 'system', 'session_context', 'environment_context'])(
    'are what is left without <%s>',
    (element) => {
      const wrapping = `<${element}>\nThe folder is /srv.\n</${element}>`;

      expect(withoutReminders(`${wrapping}\nRead the note. ${wrapping} Please.${wrapping}`)).toBe(
        'Read the note.  Please.',
      );
    },
  );

  it('are everything where a wrapping never closes', () => {
    expect(withoutReminders('What does <session_context> mean?')).toBe('What does <session_context> mean?');
  });
});
