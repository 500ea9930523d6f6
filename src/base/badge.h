// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace strait {

// A function that takes Badge<T> can be called by T only: T alone can make one. It costs nothing at
// run time. This is how "only the recorder can say that a call was recorded" becomes a compile
// error rather than a review remark.
template <class T>
class Badge {
 private:
  friend T;
  Badge() {}  // user-written, so that `{}` from elsewhere is refused
  Badge(const Badge&) = delete;
  Badge& operator=(const Badge&) = delete;
};

}  // namespace strait
