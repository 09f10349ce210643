import { describe, expect, it } from 'vitest';
import { spread } from './file-order.ts';

describe('files that wait', () => {
  const order = (files: string) => spread([...files], (file) => file === file.toUpperCase()).join('');

  it('are spread evenly over all others, the first at the beginning', () => {
    expect(order('abcdefABC')).toBe('AabBcdCef');
    expect(order('ABCabcdefg')).toBe('AabBcdeCfg');
  });

  it('keep the order of their own, as all others do', () => {
    expect(order('bBaA')).toBe('BbAa');
    expect(order('ABC')).toBe('ABC');
    expect(order('ba')).toBe('ba');
    expect(order('')).toBe('');
  });
});
