import { describe, expect, it } from 'vitest';
import { insertKey, keyYaml } from './insert-key.ts';

const entry = { name: 'research', hash: 'sha256:00' };

describe('a key put into a configuration', () => {
  it('is put at the end where there are none yet', () => {
    expect(insertKey('log: { level: info } # why', entry)).toBe(
      'log: { level: info } # why\n\nkeys:\n  - name: research\n    hash: sha256:00\n',
    );
    expect(insertKey('', entry)).toBe(keyYaml(entry));
    expect(insertKey('# nothing yet\n', entry)).toContain('# nothing yet\n\nkeys:\n');
  });

  it('follows the others, in their indentation, and leaves every comment alone', () => {
    const text = [
      'keys: # who may',
      '    - name: a   # first',
      '      hash: sha256:11 # its hash',
      '      # end of a',
      '',
      '# the log',
      'log: {   level:   info }',
      '',
    ].join('\n');

    expect(insertKey(text, { ...entry, routes: ['auto'], models: ['openai/*'] }).split('\n')).toEqual([
      'keys: # who may',
      '    - name: a   # first',
      '      hash: sha256:11 # its hash',
      '    - name: research',
      '      hash: sha256:00',
      '      routes: [auto]',
      '      models: ["openai/*"]',
      '      # end of a',
      '',
      '# the log',
      'log: {   level:   info }',
      '',
    ]);
  });

  it('fills an empty section', () => {
    expect(insertKey('keys: # none\nlog: {}\n', entry)).toBe(
      'keys: # none\n  - name: research\n    hash: sha256:00\nlog: {}\n',
    );
    expect(insertKey('keys: []\nlog: {}\n', entry)).toBe(
      'keys:\n  - name: research\n    hash: sha256:00\nlog: {}\n',
    );
    expect(insertKey('keys:', entry)).toBe('keys:\n  - name: research\n    hash: sha256:00\n');
  });

  it('joins a list in brackets', () => {
    expect(insertKey('keys: [{ name: a, hash: "sha256:11" }]', { ...entry, name: 'night: shift' })).toBe(
      'keys: [{ name: a, hash: "sha256:11" }, { name: "night: shift", hash: "sha256:00" }]',
    );
  });

  it('quotes names that YAML would read as something else', () => {
    expect(keyYaml({ ...entry, name: 'yes' })).toContain('name: "yes"');
    expect(keyYaml({ ...entry, name: '12' })).toContain('name: "12"');
  });

  it('refuses a file in which it would change something else', () => {
    expect(() => insertKey('{ log: { level: info } }', entry)).toThrow(/without rewriting/);
    expect(() => insertKey('keys: &a\n  - *b\n', entry)).toThrow();
  });
});
