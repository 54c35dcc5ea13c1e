#include "messages/codec/document.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe::codec;

TEST_CASE("a new document is an empty object of its type, or null") {
  document untyped;
  CHECK(untyped.root().is(node_kind::null));
  troupe::schema::type_desc type{"t"};
  document typed{&type};
  CHECK(typed.root().is(node_kind::object));
  CHECK(typed.root().empty());
}

TEST_CASE("members stay ascending whatever the order of insertion") {
  document doc;
  auto* object = doc.make_object();
  for (field_id id : {5u, 1u, 9u, 3u, 7u, 3u})
    doc.set(*object, id, doc.make_integer(id * 10));
  std::vector<field_id> ids;
  for (const auto& [id, value] : object->members()) {
    ids.push_back(id);
    CHECK(value->integer() == id * 10);
  }
  CHECK(ids == std::vector<field_id>{1, 3, 5, 7, 9});
  CHECK(doc.erase(*object, 5));
  CHECK_FALSE(doc.erase(*object, 5));
  CHECK(object->find(5) == nullptr);
  CHECK(object->find(7)->integer() == 70);
}

TEST_CASE("entries stay sorted by octets") {
  document doc;
  auto* map = doc.make_map();
  for (auto key : {"b", "a", "\xc3\xa9", "Z", "b"})
    doc.set(*map, key, doc.make_string(key));
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : map->entries())
    keys.push_back(key);
  CHECK(keys == std::vector<std::string_view>{"Z", "a", "b", "\xc3\xa9"});
  CHECK(doc.erase(*map, "a"));
  CHECK_FALSE(doc.erase(*map, "a"));
  CHECK(map->find("b")->string() == "b");
}

TEST_CASE("assigning entries sorts them and keeps the last of equal keys") {
  document doc;
  auto* map = doc.make_map();
  doc.set(*map, "old", doc.make_null());
  std::vector<entry> entries{{"x", doc.make_integer(1)},
                             {"a", doc.make_integer(2)},
                             {"x", doc.make_integer(3)}};
  doc.assign(*map, entries);
  REQUIRE(map->size() == 2);
  CHECK(map->find("x")->integer() == 3);
  CHECK(map->find("old") == nullptr);
}

TEST_CASE("list items go where they are put") {
  document doc;
  auto* list = doc.make_list();
  for (int i = 0; i < 10; ++i)
    doc.push_back(*list, doc.make_integer(i));
  doc.insert(*list, 0, doc.make_integer(-1));
  doc.insert(*list, 11, doc.make_integer(10));
  doc.erase_item(*list, 1);
  doc.replace_item(*list, 1, doc.make_integer(100));
  std::vector<std::int64_t> got;
  for (const auto* item : list->items())
    got.push_back(item->integer());
  CHECK(got == std::vector<std::int64_t>{-1, 100, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  doc.clear(*list);
  CHECK(list->empty());
}

TEST_CASE("a container member is made when absent or null") {
  document doc;
  auto* root = doc.make_object();
  doc.set(*root, 4, doc.make_null());
  doc.set(doc.map_at(*root, 4), "k", doc.make_boolean(true));
  CHECK(doc.map_at(*root, 4).find("k")->boolean());
  auto& list = doc.list_at(*root, 2);
  CHECK(&list == root->find(2));
  CHECK(&list == &doc.list_at(*root, 2));
  auto& object = doc.object_at(*root, 1);
  CHECK(&object == root->find(1));
}

TEST_CASE("a clone equals its original and shares nothing with it") {
  document copy;
  std::string text(5000, 'x');
  {
    document doc;
    auto* root = doc.make_object();
    doc.root(*root);
    doc.set(*root, 1, doc.make_string(text));
    doc.set(doc.map_at(*root, 2), "key", doc.make_real(1.5));
    doc.push_back(doc.list_at(*root, 3), doc.make_integer(7));
    copy = doc.clone();
    CHECK(equal(copy.root(), doc.root()));
    copy.push_back(copy.list_at(copy.root(), 3), copy.make_null());
    CHECK_FALSE(equal(copy.root(), doc.root()));
  }
  CHECK(copy.root().find(1)->string() == text);
  CHECK(copy.root().find(2)->find("key")->real() == 1.5);
  CHECK(copy.footprint() > text.size());
}

TEST_CASE("equality distinguishes kinds, values and order") {
  document doc;
  auto list = [&](int a, int b) {
    auto* out = doc.make_list();
    doc.push_back(*out, doc.make_integer(a));
    doc.push_back(*out, doc.make_integer(b));
    return out;
  };
  CHECK(equal(*list(1, 2), *list(1, 2)));
  CHECK_FALSE(equal(*list(1, 2), *list(2, 1)));
  CHECK_FALSE(equal(*doc.make_integer(1), *doc.make_real(1)));
  CHECK_FALSE(equal(*doc.make_map(), *doc.make_object()));
  CHECK(equal(*doc.make_string("a"), *doc.make_string("a")));
  CHECK_FALSE(equal(*doc.make_string("a"), *doc.make_string("b")));
}

TEST_CASE("forgiving reads") {
  document doc;
  CHECK(doc.make_integer(1)->string_or("x") == "x");
  CHECK(doc.make_string("1")->integer_or(2) == 2);
  CHECK(doc.make_null()->boolean_or(true));
  CHECK(doc.make_integer(1)->find(1) == nullptr);
  CHECK(doc.make_integer(1)->find("1") == nullptr);
  CHECK(doc.make_string("abc")->size() == 0);
}

TEST_CASE("paths by id") {
  document doc;
  auto* root = doc.make_object();
  doc.set(doc.object_at(*root, 1), 8, doc.make_string("now"));
  CHECK(find(*root, {1, 8})->string() == "now");
  CHECK(find(*root, {1, 9}) == nullptr);
  CHECK(find(*root, {2, 8}) == nullptr);
  CHECK(find(*root, {}) == root);
}

TEST_CASE("updating a map is setting and erasing one by one") {
  struct row {
    std::string_view before;
    std::string_view changes; ///< a letter sets its key, one behind - erases
    std::string_view want;
  };

  for (const auto& x : {
           row{"", "", ""},
           row{"", "ab", "ab"},
           row{"", "-a", ""},
           row{"bd", "", "bd"},
           row{"bd", "ace", "abcde"},
           row{"bd", "bd", "bd"},
           row{"bd", "-b-d", ""},
           row{"bdf", "a-bc-e-fg", "acdg"},
           row{"abc", "-a-b", "c"},
           row{"abc", "-c-d", "ab"},
       }) {
    INFO(x.before << " " << x.changes);
    document doc;
    auto* map = doc.make_map();
    for (char c : x.before)
      doc.set(*map, {&c, 1}, doc.make_integer(c));
    std::vector<entry> changes;
    for (std::size_t i = 0; i < x.changes.size(); ++i) {
      const bool erases = x.changes[i] == '-';
      i += erases ? 1 : 0;
      changes.push_back(
          {x.changes.substr(i, 1), erases ? nullptr : doc.make_string("new")});
    }
    doc.update(*map, changes);
    std::string got;
    for (const auto& [key, value] : map->entries()) {
      got += key;
      const bool changed = x.changes.find(key) != std::string_view::npos;
      CHECK(value->is(changed ? node_kind::string : node_kind::integer));
    }
    CHECK(got == x.want);
  }
}
