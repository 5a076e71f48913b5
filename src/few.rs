//! Floor 0: lists that are short in every real message, and are kept in place as long as they are.

/// A list of which the first `N` need no memory of their own; where there are more, all of them move.
pub(crate) struct Few<T, const N: usize> {
    first: [T; N],
    count: usize,
    /// All of them, where they are or were more than `N`.
    many: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Few<T, N> {
    pub(crate) fn push(&mut self, value: T) {
        if self.many.is_empty() {
            if let Some(place) = self.first.get_mut(self.count) {
                *place = value;
                self.count = self.count.saturating_add(1);
                return;
            }
            self.many.extend_from_slice(&self.first);
        }
        self.many.push(value);
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        if self.many.is_empty() {
            self.count = self.count.checked_sub(1)?;
            return self.first.get(self.count).copied();
        }
        // The last of many leaves an empty list in place.
        self.count = 0;
        self.many.pop()
    }

    /// Takes the last away if it is one to be taken.
    pub(crate) fn pop_if(&mut self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        self.last().filter(wanted)?;
        self.pop()
    }

    pub(crate) fn last(&self) -> Option<T> {
        self.as_slice().last().copied()
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        if self.many.is_empty() { self.first.get(..self.count).unwrap_or_default() } else { &self.many }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.many.is_empty() { self.first.get_mut(..self.count).unwrap_or_default() } else { &mut self.many }
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<T> {
        self.as_slice().get(index).copied()
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.as_mut_slice().get_mut(index)
    }
}

impl<T: Copy + Default, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { first: [T::default(); N], count: 0, many: Vec::new() }
    }
}

impl<T: Copy + Default + PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Default + std::fmt::Debug, const N: usize> std::fmt::Debug for Few<T, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beside a `Vec`, across the bound in both directions.
    #[test]
    fn it_is_a_list_of_any_length() {
        for (up, down, again) in [(0, 1, 2), (3, 3, 5), (4, 1, 1), (5, 1, 3), (5, 5, 5), (9, 8, 2), (9, 12, 9)] {
            let (mut few, mut list) = (Few::<u32, 4>::default(), Vec::new());
            let check = |few: &mut Few<u32, 4>, list: &mut Vec<u32>| {
                assert_eq!((few.as_slice(), few.len(), few.last()), (&list[..], list.len(), list.last().copied()));
                assert_eq!((few.get(list.len()), format!("{few:?}")), (None, format!("{list:?}")));
                // However it came to be.
                let mut same = Few::default();
                list.iter().for_each(|n| same.push(*n));
                assert_eq!(*few, same);
                same.push(0);
                assert_ne!(*few, same);
                if let Some(last) = list.last_mut() {
                    *few.get_mut(few.len() - 1).unwrap() += 100;
                    *last += 100;
                }
                assert_eq!(few.as_mut_slice(), &mut list[..]);
            };
            for n in 0..up {
                few.push(n);
                list.push(n);
                check(&mut few, &mut list);
            }
            for _ in 0..down {
                assert_eq!(few.pop(), list.pop());
                check(&mut few, &mut list);
            }
            for n in 0..again {
                few.push(n);
                list.push(n);
                check(&mut few, &mut list);
            }
        }
    }
}
